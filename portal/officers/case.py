"""The case: all that an officer decides on, on one page; each look is a line of the access log."""

import re
from collections.abc import Collection
from datetime import datetime

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from desk.accounts.signed_in import SignedIn
from desk.cases.case import Case, read_case
from desk.clock import last_day
from desk.documents.looking import look
from desk.looks import Looker
from desk.policy import as_on_card, current_policy
from models.documents.documents import UploadUnknown
from portal.documents.showing import as_picture
from portal.officers.acting import Hand, hand_of
from portal.officers.keys import are_keys_on
from portal.officers.readers import READERS
from portal.officers.start import CASE, Reviewer, code_of, name_of, seconds_until
from portal.web.clock import Now
from portal.web.languages import page_language
from portal.web.pages import page
from portal.web.sentences import said
from rules.accounts.kinds import Role
from rules.documents.words import NOTES
from rules.findings.both_languages import InBoth
from rules.register.fields import label_of
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
    return await case_page(code_of(code), request, who, now)


async def case_page(
    tracking_code: str,
    request: Request,
    who: SignedIn,
    now: datetime,
    *,
    ticked: Collection[str] | None = None,
    wrong: str = "",
    missing: Collection[str] = (),
    status: int = 200,
) -> Response:
    """The page of the case, looked at now; with what was ticked in it, where that is not kept.

    ``wrong`` is the name of a sentence about it, ``missing`` what is still to be ticked.
    """
    officer = name_of(who)
    case = await read_case(tracking_code, by=Looker.officer(officer), now=now)
    number = case.person.registration_number
    hand = hand_of(case, officer, now)
    language = page_language(request)
    return page(
        "desk/case.html",
        request,
        language,
        status=status,
        path=CASE.format(code=case.gate.tracking_code),
        case=case,
        officer=officer,
        keys_on=are_keys_on(request),
        readers=READERS + case.gate.tracking_code if current_policy().review.show_readers else "",
        to_tick=case.ticks.needed if hand is Hand.MINE else (),
        ticked=case.ticks.done if ticked is None else ticked,
        missing=missing,
        summary=[
            *([("", said(wrong).in_(language))] if wrong else []),
            *(
                (f"tick-{what}", words.in_(language))
                for what, words in zip(missing, words_of(case, missing), strict=True)
            ),
        ],
        number=as_on_card(number) if number else None,
        on_card=as_on_card,
        last_day=last_day,
        hand=hand,
        # Who has not said anything yet hears no colleague first.
        is_verdict_shown=case.gate.approvals_needed <= 1 or hand in {Hand.APPROVED, Hand.CLOSED},
        lands_in=seconds_until(case.put_down.lands_at, now) if case.put_down else 0,
        may_take_over=hand is Hand.ANOTHERS and Role.SUPERVISOR in who.roles,
        may_give=hand in {Hand.FREE, Hand.ANOTHERS} and Role.SUPERVISOR in who.roles,
        me=officer,
        is_own=case.put_down is not None and case.put_down.officer == officer,
        holder=case.gate.holder(now),
        now=now,
        why=[ReviewReason(reason).sentence for reason in case.gate.reasons],
        reasons=_REASONS,
        notes=NOTES,
    )


def words_of(case: Case, ticks: Collection[str]) -> list[InBoth]:
    """What the page of this case calls what is ticked, by its names."""
    kinds = {
        f"documents[{index}]": said(f"document_kind.{document.kind}")
        for index, document in enumerate(case.documents)
    }
    return [kinds.get(one) or InBoth(label_of(one, "ar"), label_of(one, "en")) for one in ticks]


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
