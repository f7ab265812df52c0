"""What a draft would bring, and what is wrong with it: as its owner reviews it before sending."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from desk.drafts.update import KIND, Written, new_address
from desk.kinds.reading import SubmissionRefused
from desk.policy import current_policy
from desk.requests.submission import rehearse
from models.accounts.address_codes import confirmed_address
from models.database import transaction
from rules.findings.problems import Problem, problem
from rules.profile_update.drafted import Drafted, submission_of
from rules.profile_update.normalised import NormalisedUpdate
from rules.profile_update.proposed import proposed_update
from rules.requests.documents import STATED, needed_for_update
from rules.requests.drafted_documents import FILE
from rules.requests.proposed import Proposed
from rules.values.dates import riyadh_day
from rules.values.document_kind import DocumentKind

#: Until the declaration is made it is missing, which the review need not say.
_DECLARED = True
#: What programs are told of a text or a digest that they state, and people of what they see.
_IN_A_FORM = {
    "document_digest_form": "document_file_missing",
    "date_form": "date_in_boxes",
}


@dataclass(frozen=True)
class Placed:
    """A problem, and where it is put right."""

    problem: Problem
    #: The part and the box; None for what concerns the whole.
    part: str | None
    box: str | None


@dataclass(frozen=True, repr=False)
class Reviewed:
    """A draft as the rules read it."""

    written: Written
    problems: tuple[Placed, ...]
    #: What changes, from what to what; None where it has no shape to be read in.
    proposed: Proposed | None
    #: The documents that policy asks for.
    needed: tuple[DocumentKind, ...]
    #: Whether its new e-mail address is confirmed; None where no address is to be.
    address_is_confirmed: bool | None = None

    def of(self, part: str) -> tuple[Placed, ...]:
        """The problems on this part's page."""
        return tuple(each for each in self.problems if each.part == part)


def drafted(written: Written, *, confirmed: bool) -> Drafted:
    """The submission that the draft makes."""
    return submission_of(
        written.content,
        registration_number=written.on_file.registration_number,
        confirmed=confirmed,
        idempotency_key=written.idempotency_key,
    )


async def review(written: Written, *, now: datetime) -> Reviewed:
    """What the rules say of this draft, all at once. Changes nothing."""
    made = drafted(written, confirmed=_DECLARED)
    corrects = written.corrects
    confirmed = await _address_is_confirmed(written)
    try:
        checked = await rehearse(
            KIND,
            made.document,
            now=now,
            tracking_code=corrects.tracking_code if corrects else None,
            draft=written.draft,
        )
    except SubmissionRefused as refused:
        return Reviewed(written, placed(made, refused.problems), None, (), confirmed)
    problems = list(checked.problems)
    if written.open_request is not None and corrects is None:
        problems.append(problem("request_already_open", "registration_number"))
    update = NormalisedUpdate.from_json(checked.normalised)
    return Reviewed(
        written,
        placed(made, problems),
        proposed_update(update, written.on_file, None),
        needed_for_update(
            update.changed_groups,
            written.on_file.with_changes(update.changes),
            riyadh_day(now),
            current_policy().documents,
        ),
        confirmed,
    )


async def _address_is_confirmed(written: Written) -> bool | None:
    address = new_address(written)
    if address is None or written.draft is None:
        return None
    async with transaction() as session:
        return await confirmed_address(session, written.draft) == address


def placed(made: Drafted, problems: Sequence[Problem]) -> tuple[Placed, ...]:
    """The problems, each with the part and the box where it is put right."""
    found = [(in_a_form(one), made.place_of(one.field)) for one in problems]
    return tuple(Placed(one, *(place or (None, None))) for one, place in found)


class InParts(Protocol):
    """A submission that was made of a draft whose parts are documents and others."""

    def place_of(self, found: Problem, /) -> tuple[str, str] | None:
        """The part and the box that the problem is about."""


def placed_in_parts(made: InParts, problems: Sequence[Problem]) -> tuple[Placed, ...]:
    """The same of such a submission.

    A browser sends a file or nothing: a document without one has its file missing.
    """
    return tuple(_in_part(found, *(made.place_of(found) or (None, None))) for found in problems)


def _in_part(found: Problem, part: str | None, box: str | None) -> Placed:
    if box in STATED:
        return Placed(problem("document_file_missing", found.field), part, FILE)
    return Placed(in_a_form(found), part, box)


def in_a_form(found: Problem) -> Problem:
    """The problem as it is said to who fills in a form: it has boxes for a day, and takes files."""
    code = _IN_A_FORM.get(found.code)
    return problem(code, found.field) if code else found
