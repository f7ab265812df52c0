"""Validating a first registration: all problems at once, and what the rules made of it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from rules.documents.on_hand import NO_DOCUMENTS, DocumentsOnHand
from rules.findings.doubts import Doubt
from rules.findings.problems import Problem, Problems, ValueRefused
from rules.policy.policy import Policy
from rules.register.card import Category
from rules.register.fields import NAMES, Field
from rules.register.names import check_names_agree
from rules.register.profile import ProfileOnFile
from rules.registration.normalised import NormalisedRegistration, QualificationOnRequest
from rules.registration.submission import Qualification, RegistrationSubmission
from rules.requests.card_fee import card_fee
from rules.requests.document_doubts import document_doubts
from rules.requests.documents import PlacedDocument, check_registration_documents
from rules.requests.entries import EntryReader
from rules.requests.field_values import normalised_value
from rules.requests.frame import check_frame
from rules.requests.review import ReviewNeed, ReviewReason, doubts_need
from rules.values.dates import age_on, parse_date
from rules.values.document_kind import DocumentKind
from rules.values.identity_number import (
    SAUDI,
    check_digit_fails,
    check_identity_agrees,
    check_number_form,
)
from rules.values.text import clean_required_text, folded

T = TypeVar("T")
_NUMBER = Field.IDENTITY_NUMBER
_IDENTITY = frozenset({_NUMBER, Field.IDENTITY_KIND, Field.NATIONALITY})


@dataclass(frozen=True, kw_only=True)
class RegistrationValidation:
    """What the rules say of a registration.

    ``normalised`` and ``review`` may go further only where ``is_valid``: with problems they hold
    what could be read beside them.
    """

    problems: tuple[Problem, ...]
    normalised: NormalisedRegistration
    review: ReviewNeed

    @property
    def is_valid(self) -> bool:
        """Whether nothing has to be corrected."""
        return not self.problems


def validate_registration(
    submission: RegistrationSubmission,
    *,
    today: date,
    policy: Policy,
    on_hand: DocumentsOnHand = NO_DOCUMENTS,
) -> RegistrationValidation:
    """Judge the registration by the rules, on the day it was submitted.

    Finds every problem at once and raises nothing for what a person typed. The same arguments give
    the same answer. ``today`` is the day in Riyadh. Who else is on file is not looked at here.
    """
    problems = Problems()
    check_frame(submission, problems)
    profile = _read_profile(submission, policy, problems)
    category = problems.read("category", lambda: _category(submission.category))
    entries = EntryReader(today=today, policy=policy, problems=problems, on_hand=on_hand)
    certificates = entries.certificates(submission.certificates)
    placed_documents = entries.documents(submission.documents)
    _check_names(profile, problems)
    _check_identity(profile, problems)
    _check_age(profile, today, policy, problems)
    check_registration_documents(
        placed_documents,
        offered=[document.kind for document in submission.documents],
        profile=_as_far_as_read(profile, today),
        today=today,
        policy=policy,
        problems=problems,
    )
    warnings = (
        *_check_digit(profile, policy, problems),
        *_letter_of_another(placed_documents, profile),
        *document_doubts(placed_documents, on_hand),
    )
    rank, years = profile.get(Field.RANK), policy.registration.card_years
    normalised = NormalisedRegistration(
        profile=profile,
        category=category,
        qualification=_qualification(submission.qualification, today, policy, problems),
        certificates=certificates,
        documents=tuple(document for _, document in placed_documents),
        preferred_language=submission.preferred_language,
        years=years,
        fee=card_fee(rank, years, policy, category=category) if rank and category else None,
        warnings=warnings,
    )
    review = registration_review(policy) | doubts_need(warnings, policy)
    return RegistrationValidation(
        problems=tuple(problems.found), normalised=normalised, review=review
    )


def registration_review(policy: Policy) -> ReviewNeed:
    """Who decides on every registration, by policy; doubts add to it."""
    return ReviewNeed(policy.registration.approvals, (ReviewReason.REGISTRATION_TO_DECIDE,))


def _read_profile(
    submission: RegistrationSubmission, policy: Policy, problems: Problems
) -> dict[Field, str]:
    profile: dict[Field, str] = {}
    for field in Field:
        value = _read_field(field, getattr(submission.profile, field.value), policy, problems)
        if value is not None:
            profile[field] = value
    return profile


def _read_field(field: Field, typed: str, policy: Policy, problems: Problems) -> str | None:
    return problems.read(field, lambda: normalised_value(field, typed, policy))


def _category(typed: str) -> Category:
    try:
        return Category(typed.strip().lower())
    except ValueError:
        raise ValueRefused("category_unknown") from None


def _qualification(
    typed: Qualification, today: date, policy: Policy, problems: Problems
) -> QualificationOnRequest | None:
    most = policy.limits.text_characters
    title = problems.read(
        "qualification.title", lambda: clean_required_text(typed.title, max_length=most)
    )
    issuer = problems.read(
        "qualification.issuer", lambda: clean_required_text(typed.issuer, max_length=most)
    )
    issued_on = problems.read("qualification.issued_on", lambda: parse_date(typed.issued_on))
    if issued_on is not None and issued_on > today:
        problems.add("date_in_future", "qualification.issued_on")
        return None
    if title is None or issuer is None or issued_on is None:
        return None
    return QualificationOnRequest(title=title, issuer=issuer, issued_on=issued_on)


def _check_names(profile: Mapping[Field, str], problems: Problems) -> None:
    if not NAMES & problems.fields():
        check_names_agree({field: profile[field] for field in NAMES}, problems)


def _check_identity(profile: Mapping[Field, str], problems: Problems) -> None:
    number, kind = profile.get(_NUMBER), profile.get(Field.IDENTITY_KIND)
    if number and kind:
        check_number_form(number, kind, problems)
    if not _IDENTITY & problems.fields():
        check_identity_agrees(
            number=profile[_NUMBER],
            kind=profile[Field.IDENTITY_KIND],
            nationality=profile[Field.NATIONALITY],
            problems=problems,
        )


def _check_age(
    profile: Mapping[Field, str], today: date, policy: Policy, problems: Problems
) -> None:
    if Field.BIRTH_DATE not in profile:
        return
    born = date.fromisoformat(profile[Field.BIRTH_DATE])
    low, high = policy.identity.minimum_age_years, policy.identity.maximum_age_years
    if born > today:
        problems.add("date_in_future", Field.BIRTH_DATE)
    elif not low <= age_on(born, today) <= high:
        problems.add("age_out_of_range", Field.BIRTH_DATE, minimum=low, maximum=high)


def _check_digit(
    profile: Mapping[Field, str], policy: Policy, problems: Problems
) -> tuple[Doubt, ...]:
    number, kind = profile.get(_NUMBER), profile.get(Field.IDENTITY_KIND)
    if not number or not kind or policy.identity.luhn == "ignore" or _NUMBER in problems.fields():
        return ()
    if not check_digit_fails(number, kind):
        return ()
    if policy.identity.luhn == "warn":
        return (Doubt("identity_number_check_digit", _NUMBER),)
    problems.add("identity_number_check_digit", _NUMBER)
    return ()


def _letter_of_another(
    documents: Collection[PlacedDocument], profile: Mapping[Field, str]
) -> tuple[Doubt, ...]:
    """A doubt where no letter is from the employer that is named."""
    employer = folded(profile.get(Field.EMPLOYER, ""))
    letters = [
        (place, document)
        for place, document in documents
        if document.kind is DocumentKind.EMPLOYER_LETTER
    ]
    if not letters or not employer or any(folded(one.issuer) == employer for _, one in letters):
        return ()
    return (Doubt("employer_letter_of_another", f"{letters[0][0]}.issuer"),)


def _as_far_as_read(profile: Mapping[Field, str], today: date) -> ProfileOnFile:
    """The profile for judging documents: what could not be read asks for none.

    What is wrong with it was noted already; its documents are asked for once it is right.
    """
    unread = dict.fromkeys(Field, "") | {
        Field.NATIONALITY: SAUDI,
        Field.BIRTH_DATE: today.isoformat(),
    }
    values = {field.value: text for field, text in (unread | dict(profile)).items()}
    born = date.fromisoformat(values.pop("birth_date"))
    return ProfileOnFile(registration_number="", birth_date=born, **values)
