"""The ticks of a case's page: kept, and on to the approval or to a document."""

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from desk.requests.at_the_gate import ClaimedByAnother, DecisionWaits, ReviewAlreadyDecided
from desk.requests.review import AlreadyApprovedByOfficer
from desk.requests.second_look import ChangedSinceReview
from desk.requests.ticking import keep_ticks
from portal.forms.sending import texts_of, ticked_in
from portal.officers.case import case_page, document_of
from portal.officers.deciding import DECIDE
from portal.officers.listed import onward
from portal.officers.reading import READ_IT
from portal.officers.start import (
    CASE,
    REFUSED,
    UNREADABLE,
    Reviewer,
    code_of,
    name_of,
    round_in,
    to_case,
)
from portal.web.clock import Now
from portal.web.csrf import FIELD, is_ours
from portal.web.forms import SWITCH
from rules.requests.verdicts import Verdict

router = APIRouter()

#: What the buttons of the form say; beside the second one stands which document.
_APPROVE, _READ = "approve", "read-"


@router.post(CASE)
async def keep(code: str, request: Request, who: Reviewer, now: Now) -> Response:
    """Keep what is ticked, and go where the button leads; to the approval only once all is.

    Sent again it is the same. What somebody else was faster with, the case's page says.
    """
    known = code_of(code)
    sent = await texts_of(request, (FIELD, SWITCH, "step", "round"))
    ticked = await ticked_in(request, "tick")
    if sent[SWITCH]:
        return await case_page(known, request, who, now, ticked=ticked)
    if not is_ours(request, sent[FIELD]):
        return await case_page(
            known, request, who, now, ticked=ticked, wrong="form.again", status=REFUSED
        )
    try:
        missing = await keep_ticks(
            known, name_of(who), ticked, round_=round_in(sent["round"]), now=now
        )
    except (
        AlreadyApprovedByOfficer,
        ChangedSinceReview,
        ClaimedByAnother,
        DecisionWaits,
        ReviewAlreadyDecided,
    ):
        return to_case(request, known)
    if sent["step"] == _APPROVE and missing:
        return await case_page(
            known, request, who, now, wrong="case.not_ticked", missing=missing, status=UNREADABLE
        )
    return RedirectResponse(onward(request, _leads_to(known, sent["step"])), status_code=303)


def _leads_to(code: str, step: str) -> str:
    if step == _APPROVE:
        return DECIDE.format(code=code, verdict=Verdict.APPROVE)
    if step.startswith(_READ):
        return READ_IT.format(code=code, upload_id=document_of(step.removeprefix(_READ)))
    return CASE.format(code=code)
