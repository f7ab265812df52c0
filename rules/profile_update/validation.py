"""Validating a profile update: all problems at once, and what the rules made of it."""

from dataclasses import dataclass
from datetime import date

from rules.documents.on_hand import NO_DOCUMENTS, DocumentsOnHand
from rules.findings.doubts import Doubt
from rules.findings.problems import Problem, Problems
from rules.policy.policy import Policy
from rules.profile_update.normalised import NormalisedUpdate
from rules.profile_update.submission import ProfileUpdateSubmission
from rules.register.fields import NAMES, Field, Group, groups_of
from rules.register.names import check_names_agree
from rules.register.profile import ProfileOnFile
from rules.requests.document_doubts import document_doubts
from rules.requests.documents import check_documents
from rules.requests.entries import EntryReader
from rules.requests.field_values import normalised_value
from rules.requests.frame import check_frame_by_number
from rules.values.dates import age_on
from rules.values.identity_number import check_digit_fails, check_identity_agrees, check_number_form

_NUMBER = Field.IDENTITY_NUMBER
_IDENTITY = frozenset({_NUMBER, Field.IDENTITY_KIND, Field.NATIONALITY})


@dataclass(frozen=True)
class Validation:
    """What the rules say of a submission.

    ``normalised`` may go further only where ``is_valid``: with problems it holds what could be
    read beside them.
    """

    problems: tuple[Problem, ...]
    normalised: NormalisedUpdate

    @property
    def is_valid(self) -> bool:
        """Whether nothing has to be corrected."""
        return not self.problems


def validate_profile_update(
    submission: ProfileUpdateSubmission,
    on_file: ProfileOnFile,
    *,
    today: date,
    policy: Policy,
    on_hand: DocumentsOnHand = NO_DOCUMENTS,
) -> Validation:
    """Judge the submission against what is on file and the rules, on the day it was submitted.

    Finds every problem at once and raises nothing for what a person typed. The same arguments give
    the same answer. ``today`` is the day in Riyadh.
    """
    problems = Problems()
    check_frame_by_number(submission, on_file.registration_number, policy, problems)
    changes = _read_changes(submission, on_file, policy, problems)
    entries = EntryReader(today=today, policy=policy, problems=problems, on_hand=on_hand)
    certificates = entries.certificates(submission.certificates)
    experience = entries.experience(submission.experience)
    placed_documents = entries.documents(submission.documents)
    _check_names(changes, on_file, problems)
    _check_identity(changes, on_file, problems)
    _check_age(changes, on_file, today, policy, problems)
    normalised = NormalisedUpdate(
        registration_number=on_file.registration_number,
        changes=changes,
        certificates=certificates,
        experience=experience,
        documents=tuple(document for _, document in placed_documents),
        preferred_language=submission.preferred_language,
        warnings=(
            *_check_digit(changes, on_file, policy, problems),
            *document_doubts(placed_documents, on_hand),
        ),
    )
    touched = normalised.changed_groups | _refused_groups(submission, problems)
    check_documents(
        placed_documents,
        offered=[document.kind for document in submission.documents],
        changed=touched,
        profile=on_file.with_changes(changes),
        today=today,
        policy=policy.documents,
        problems=problems,
    )
    if not touched:
        problems.add("nothing_changed", "changes")
    return Validation(tuple(problems.found), normalised)


def _read_changes(
    submission: ProfileUpdateSubmission, on_file: ProfileOnFile, policy: Policy, problems: Problems
) -> dict[Field, str]:
    changes: dict[Field, str] = {}
    for field in Field:
        typed = getattr(submission.changes, field.value)
        if typed is None:
            continue
        value = _read_change(field, typed, policy, problems)
        if value is not None and value != on_file.value(field):
            changes[field] = value
    return changes


def _read_change(field: Field, typed: str, policy: Policy, problems: Problems) -> str | None:
    return problems.read(field, lambda: normalised_value(field, typed, policy))


def _refused_groups(submission: ProfileUpdateSubmission, problems: Problems) -> frozenset[Group]:
    """What the person meant to change and could not be read: its documents are needed too."""
    refused = groups_of(field for field in Field if field in problems.fields())
    meant = {
        Group.CERTIFICATES: bool(submission.certificates),
        Group.EXPERIENCE: bool(submission.experience),
    }
    return refused | {group for group, present in meant.items() if present}


def _check_names(changes: dict[Field, str], on_file: ProfileOnFile, problems: Problems) -> None:
    # Data on file that nobody touches are not judged again.
    if NAMES & changes.keys() and not NAMES & problems.fields():
        after = on_file.with_changes(changes)
        check_names_agree({field: after.value(field) for field in NAMES}, problems)


def _check_identity(changes: dict[Field, str], on_file: ProfileOnFile, problems: Problems) -> None:
    if number := changes.get(_NUMBER):
        kind = changes.get(Field.IDENTITY_KIND, on_file.identity_kind)
        check_number_form(number, kind, problems)
    # Data on file that nobody touches are not judged again.
    if not _IDENTITY & changes.keys() or _IDENTITY & problems.fields():
        return
    after = on_file.with_changes(changes)
    check_identity_agrees(
        number=after.identity_number,
        kind=after.identity_kind,
        nationality=after.nationality,
        problems=problems,
    )


def _check_digit(
    changes: dict[Field, str], on_file: ProfileOnFile, policy: Policy, problems: Problems
) -> tuple[Doubt, ...]:
    number = changes.get(Field.IDENTITY_NUMBER)
    if number is None or policy.identity.luhn == "ignore" or _NUMBER in problems.fields():
        return ()
    if not check_digit_fails(number, on_file.with_changes(changes).identity_kind):
        return ()
    if policy.identity.luhn == "warn":
        return (Doubt("identity_number_check_digit", Field.IDENTITY_NUMBER),)
    problems.add("identity_number_check_digit", Field.IDENTITY_NUMBER)
    return ()


def _check_age(
    changes: dict[Field, str],
    on_file: ProfileOnFile,
    today: date,
    policy: Policy,
    problems: Problems,
) -> None:
    if Field.BIRTH_DATE not in changes:
        return
    born = on_file.with_changes(changes).birth_date
    low, high = policy.identity.minimum_age_years, policy.identity.maximum_age_years
    if born > today:
        problems.add("date_in_future", Field.BIRTH_DATE)
    elif not low <= age_on(born, today) <= high:
        problems.add("age_out_of_range", Field.BIRTH_DATE, minimum=low, maximum=high)
