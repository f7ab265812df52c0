"""Correcting a returned request: the draft holds what was submitted, beside an officer's words."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, assert_never

from desk.drafts.corrections import DOCUMENTS, CorrectedByParts
from desk.drafts.keeping import PartUnknown, RequestIsOpen, fill, kept_since
from desk.drafts.rehearsing import problems_of
from models.accounts.address_codes import end_address_codes
from models.database import transaction
from models.drafts import begin_draft
from models.practitioners import find_practitioner
from models.requests import Request, decisions_of_round, find_request
from rules.card_renewal.drafted import DraftedRenewal
from rules.card_renewal.drafted import content_of as content_of_renewal
from rules.findings.both_languages import InBoth
from rules.findings.problems import Problem
from rules.profile_update.drafted import content_of as content_of_update
from rules.requests.drafted_documents import submitted_parts
from rules.requests.statuses import Kind, Status
from rules.requests.verdicts import Verdict


@dataclass(frozen=True, repr=False)
class RenewalCorrection(CorrectedByParts):
    """Of a returned renewal."""

    def marks_on(self, part: str) -> tuple[tuple[str, InBoth], ...]:
        """The marks on this part: the box of each, or "" for all of it, and its words."""
        made = DraftedRenewal({}, tuple(self.submitted))
        placed = [(made.place_of(mark), mark) for mark in self.marks]
        return tuple(
            (place[1] if place else "", mark.sentence)
            for place, mark in placed
            if (place and place[0] == part) or (not place and mark.field == DOCUMENTS)
        )


async def begin_correction(owner: str, tracking_code: str, *, now: datetime) -> Kind:
    """Begin the draft that corrects this returned request; returns the request's kind.

    It holds what was submitted; begun again, it is as it was saved. Whatever else of its kind was
    being written is destroyed: it could not be sent while this request is open. Raises
    `models.requests.RequestUnknown`, `PartUnknown` for a request of somebody else, and
    `RequestIsOpen` for one that is not returned.
    """
    async with transaction() as session:
        practitioner = await find_practitioner(session, owner)
        request = await find_request(session, tracking_code)
        if request.practitioner_id != practitioner.id:
            raise PartUnknown
        if request.status != Status.RETURNED:
            raise RequestIsOpen(tracking_code)
        kind = Kind(request.kind)
        draft = await begin_draft(session, practitioner.id, kind, since=kept_since(now), now=now)
        if (draft.request_id, draft.round) != (request.id, request.round):
            draft.request_id, draft.round = request.id, request.round
            await end_address_codes(session, draft.id, now=now)
            fill(draft, _content_of(kind, request.submission))
    return kind


async def renewal_correction(request: Request, *, now: datetime) -> RenewalCorrection:
    """How this returned renewal is corrected, by its marks and by the rules as of now."""
    parts = submitted_parts(request.submission)
    marks = tuple(map(Problem.from_json, request.corrections))
    # A letter may be too old by now.
    refused = await problems_of(Kind.CARD_RENEWAL, request.submission, corrects=request, now=now)
    content = content_of_renewal(request.submission)
    if any(mark.field == DOCUMENTS and _part_of(mark, parts) is None for mark in marks):
        is_open = frozenset(parts)
    else:
        found = {_part_of(each, parts) for each in (*marks, *refused)}
        is_open = frozenset(part for part in parts if part in found)
    return RenewalCorrection({part: content[part] for part in parts}, marks, is_open)


async def note_of(tracking_code: str) -> str | None:
    """The officer's note on this round; None where there is none. Raises `RequestUnknown`."""
    async with transaction() as session:
        request = await find_request(session, tracking_code)
        decisions = await decisions_of_round(session, request)
    notes = [each.note for each in decisions if each.verdict is Verdict.RETURN and each.note]
    return notes[-1] if notes else None


def _content_of(kind: Kind, submission: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    match kind:
        case Kind.PROFILE_UPDATE:
            return content_of_update(submission)
        case Kind.CARD_RENEWAL:
            return content_of_renewal(submission)
        case Kind.REGISTRATION:  # corrected by whoever reads its mailbox: desk.drafts.registration
            raise PartUnknown
        case _:
            assert_never(kind)


def _part_of(found: Problem, parts: tuple[str, ...]) -> str | None:
    place = DraftedRenewal({}, parts).place_of(found)
    return place[0] if place else None
