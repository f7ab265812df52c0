"""What the pages of the review desk have in common: who may come, and which case is meant."""

import re
from datetime import datetime
from math import ceil
from typing import Annotated

from fastapi import Depends, Request
from fastapi.responses import RedirectResponse, Response

from desk.accounts.signed_in import SignedIn
from desk.requests.at_the_gate import ClaimedByAnother, DecisionWaits, ReviewAlreadyDecided
from desk.requests.landing import land_due
from models.officers import OfficerUnknown
from models.requests import RequestUnknown
from portal.officers.listed import carry_on, onward
from portal.web.clock import Now
from portal.web.who import desk
from rules.accounts.kinds import AUDITING, REVIEWING, Role
from rules.values.tracking_code import NotATrackingCode, parse_tracking_code

#: An officer who may take a case from a colleague.
Supervisor = Annotated[SignedIn, Depends(desk(Role.SUPERVISOR))]
#: Somebody who reads who has looked at what.
Auditor = Annotated[SignedIn, Depends(desk(*AUDITING))]

AWAY = "/desk/away"
CASE = "/desk/cases/{code}"
#: Somebody else was faster: the case's own page says who, and where it stands.
FASTER = (ClaimedByAnother, DecisionWaits, ReviewAlreadyDecided)
READ = ["GET", "HEAD"]
_ROUND = re.compile(r"[0-9]{1,9}", re.ASCII)
UNREADABLE = 422
REFUSED = 403


async def reviewer(
    request: Request, who: Annotated[SignedIn, Depends(desk(*REVIEWING))], now: Now
) -> SignedIn:
    """An officer who decides requests; what they cannot take back any more lands first.

    The list that they work through stays with them.
    """
    await land_due(name_of(who), now=now)
    carry_on(request)
    return who


Reviewer = Annotated[SignedIn, Depends(reviewer)]


def name_of(who: SignedIn) -> str:
    """The officer's user name; raises `OfficerUnknown` for anybody else."""
    if who.officer is None:
        raise OfficerUnknown(who.name_en)
    return who.officer


def code_of(typed: str) -> str:
    """The tracking code in an address; what cannot be one is answered as an unknown one is."""
    try:
        return parse_tracking_code(typed)
    except NotATrackingCode:
        raise RequestUnknown from None


def round_in(sent: str) -> int:
    """The round that a form says was shown; 0, which none has, where it says none."""
    return int(sent) if _ROUND.fullmatch(sent) else 0


def seconds_until(instant: datetime, now: datetime) -> int:
    """How many seconds are left, counted up; 0 where it has come."""
    return max(0, ceil((instant - now).total_seconds()))


def to_away(request: Request) -> Response:
    """To the page that tells an officer until when they are away, and how to come back."""
    return RedirectResponse(onward(request, AWAY), status_code=303)


def to_case(request: Request, tracking_code: str) -> Response:
    """To the page of this case."""
    return RedirectResponse(onward(request, CASE.format(code=tracking_code)), status_code=303)
