"""Away dates: an officer's own, and for supervisors those of everybody."""

from collections.abc import Mapping
from datetime import date, datetime

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from desk.accounts.signed_in import SignedIn, officer_with
from desk.requests.absences import NotAway, all_officers, come_back, read_absences, say_away
from models.officers import OfficerUnknown
from portal.forms.sending import texts_of
from portal.officers.start import AWAY, READ, REFUSED, UNREADABLE, Reviewer, name_of
from portal.web.clock import Now
from portal.web.csrf import FIELD, is_ours
from portal.web.forms import SWITCH
from portal.web.languages import page_language, with_language
from portal.web.pages import page
from portal.web.sentences import said
from rules.accounts.kinds import Role
from rules.findings.both_languages import InBoth
from rules.requests.absences import AwayAlready, DaysAway, NotDaysToBeAway
from rules.values.dates import riyadh_day

router = APIRouter()

_BOXES = ("officer", "first", "last")
Mistakes = Mapping[str, InBoth]


@router.api_route(AWAY, methods=READ)
async def show_absences(request: Request, who: Reviewer, now: Now) -> Response:
    """Who is away and until when, and the form that says so."""
    return await _away(request, who, {}, now=now)


@router.post(AWAY)
async def say(request: Request, who: Reviewer, now: Now) -> Response:
    """Be away, or let a colleague be; what is held goes back where that begins today."""
    sent = await texts_of(request, (FIELD, SWITCH, *_BOXES))
    if sent[SWITCH]:
        return await _away(request, who, sent, now=now)
    if not is_ours(request, sent[FIELD]):
        again = {"": said("form.again")}
        return await _away(request, who, sent, again, REFUSED, now=now)
    days = DaysAway(_day(sent["first"]), _day(sent["last"]))
    try:
        await say_away(_whose(sent["officer"], who), days, by=name_of(who), now=now)
    except AwayAlready:
        mistakes = {"first": said("away.already")}
    except NotDaysToBeAway:
        mistakes = {"first": said("away.days.mistake")}
    except OfficerUnknown:
        mistakes = {"officer": said("away.officer.mistake")}
    else:
        return RedirectResponse(with_language(request, AWAY), status_code=303)
    return await _away(request, who, sent, mistakes, UNREADABLE, now=now)


@router.post(AWAY + "/back")
async def be_back(request: Request, who: Reviewer, now: Now) -> Response:
    """Be back today, or call coming days off; pressed again, it is the same."""
    sent = await texts_of(request, (FIELD, "officer", "day"))
    if not is_ours(request, sent[FIELD]):
        again = {"": said("form.again")}
        return await _away(request, who, {}, again, REFUSED, now=now)
    try:
        whose = _whose(sent["officer"], who)
        await come_back(whose, by=name_of(who), now=now, day=_day(sent["day"]))
    except (NotAway, OfficerUnknown):
        pass  # it is over, or another press ended it: the page says what stands
    return RedirectResponse(with_language(request, AWAY), status_code=303)


def _whose(typed: str, who: SignedIn) -> str:
    """One's own, or a colleague's, for a supervisor; raises `RoleMissing`."""
    own = name_of(who)
    if typed and typed != own:
        officer_with(who, {Role.SUPERVISOR})
    return typed or own


def _day(typed: str) -> date:
    """The day that a browser sends; what is none is long over."""
    try:
        return date.fromisoformat(typed)
    except ValueError:
        return date.min


async def _away(
    request: Request,
    who: SignedIn,
    sent: Mapping[str, str],
    mistakes: Mistakes | None = None,
    status: int = 200,
    *,
    now: datetime,
) -> Response:
    own, language = name_of(who), page_language(request)
    mistakes = mistakes or {}
    is_supervisor = Role.SUPERVISOR in who.roles
    mine = await read_absences(own, now=now)
    return page(
        "desk/away.html",
        request,
        language,
        status=status,
        path=AWAY,
        sent=sent,
        mistakes=mistakes,
        summary=[(box, sentence.in_(language)) for box, sentence in mistakes.items()],
        own=own,
        listed=await read_absences(now=now),
        now_away=next((one for one in mine if one.is_now), None),
        officers=await all_officers() if is_supervisor else (),
        today=riyadh_day(now),
    )
