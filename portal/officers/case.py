"""The case: all that an officer decides on, on one page; each look is a line of the access log."""

import re

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from desk.cases.case import read_case
from desk.clock import last_day
from desk.documents.looking import look
from desk.looks import Looker
from desk.policy import as_on_card
from models.documents.documents import UploadUnknown
from portal.documents.showing import as_picture
from portal.officers.acting import Hand, hand_of
from portal.officers.start import CASE, Reviewer, code_of, name_of, seconds_until
from portal.web.clock import Now
from portal.web.languages import page_language
from portal.web.pages import page
from rules.accounts.kinds import Role
from rules.documents.words import NOTES
from rules.requests.review import REASONS, ReviewReason
from rules.values.document_id import NotADocumentId, parse_document_id

router = APIRouter()

_PAGE = re.compile(r"[1-9][0-9]{0,3}", re.ASCII)
#: Why the picture is looked at, for the access log.
_WHY = "review"
_REASONS = {
    verdict: {reason.value: reason.sentence for reason in reasons}
    for verdict, reasons in REASONS.items()
}


# No HEAD, here and of pictures: nobody has seen anything by that, and the log would say so.
@router.get(CASE)
async def show_case(code: str, request: Request, who: Reviewer, now: Now) -> Response:
    """On file, new, the official record, and what the documents say; what can be done with it."""
    officer = name_of(who)
    case = await read_case(code_of(code), by=Looker.officer(officer), now=now)
    number = case.person.registration_number
    hand = hand_of(case, officer, now)
    return page(
        "desk/case.html",
        request,
        page_language(request),
        path=CASE.format(code=case.gate.tracking_code),
        case=case,
        number=as_on_card(number) if number else None,
        on_card=as_on_card,
        last_day=last_day,
        hand=hand,
        # Who has not said anything yet hears no colleague first.
        is_verdict_shown=case.gate.approvals_needed <= 1 or hand in {Hand.APPROVED, Hand.CLOSED},
        lands_in=seconds_until(case.put_down.lands_at, now) if case.put_down else 0,
        may_take_over=hand is Hand.ANOTHERS and Role.SUPERVISOR in who.roles,
        is_own=case.put_down is not None and case.put_down.officer == officer,
        holder=case.gate.holder(now),
        now=now,
        why=[ReviewReason(reason).sentence for reason in case.gate.reasons],
        reasons=_REASONS,
        notes=NOTES,
    )


@router.get(CASE + "/documents/{upload_id}/pages/{number}")
async def show_picture(code: str, upload_id: str, number: str, who: Reviewer, now: Now) -> Response:
    """One page of a document that this request names."""
    if _PAGE.fullmatch(number) is None:
        raise HTTPException(404)
    found = await look(
        document_of(upload_id),
        by=Looker.officer(name_of(who)),
        page=int(number),
        request_code=code_of(code),
        why=_WHY,
        now=now,
    )
    return await as_picture(found)


def document_of(typed: str) -> str:
    """The document's number in an address; what cannot be one is answered as an unknown one is."""
    try:
        return parse_document_id(typed)
    except NotADocumentId:
        raise UploadUnknown from None
