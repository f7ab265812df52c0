"""Taking a case, giving it back, passing it on, putting it aside."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import date, datetime, timedelta

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from desk.cases.standing import read_standing
from desk.policy import current_policy
from desk.queues.taking import NotADayToComeBack, hold, skip
from desk.requests.at_the_gate import OfficerAway
from desk.requests.claims import assign, claim, release
from desk.requests.landing import NoDecisionWaits, take_back
from desk.requests.reasons import ReasonNotSaid
from portal.forms.sending import texts_of
from portal.officers.listed import onward
from portal.officers.start import (
    CASE,
    FASTER,
    READ,
    REFUSED,
    UNREADABLE,
    Reviewer,
    Supervisor,
    code_of,
    name_of,
    to_away,
    to_case,
)
from portal.web.clock import Now
from portal.web.csrf import FIELD, is_ours
from portal.web.forms import SWITCH
from portal.web.languages import page_language
from portal.web.pages import page
from portal.web.sentences import said
from portal.web.who import DESK
from rules.errors import MumarisError
from rules.findings.both_languages import InBoth
from rules.findings.problems import ValueRefused
from rules.requests.statuses import Status
from rules.values.dates import riyadh_day

router = APIRouter()

Mistakes = Mapping[str, InBoth]


@router.post(CASE + "/claim")
async def take(code: str, request: Request, who: Reviewer, now: Now) -> Response:
    """Claim it, or make one's claim last from now on."""
    known = code_of(code)
    return await _press(request, known, lambda: claim(known, name_of(who), now=now))


@router.post(CASE + "/release")
async def give_back(code: str, request: Request, who: Reviewer, now: Now) -> Response:
    """Put it back into the queue; pressed again, it is the same."""
    known = code_of(code)
    return await _press(request, known, lambda: release(known, name_of(who), now=now))


@router.post(CASE + "/take-over")
async def take_over(code: str, request: Request, who: Supervisor, now: Now) -> Response:
    """Take it from a colleague who is away or stuck; the history says who has it now."""
    known, me = code_of(code), name_of(who)
    return await _press(request, known, lambda: assign(known, me, by=me, now=now))


@router.post(CASE + "/take-back")
async def undo(code: str, request: Request, who: Reviewer, now: Now) -> Response:
    """Take one's decision back, and hold the case again; too late, its page says what it is now."""
    known = code_of(code)
    return await _press(request, known, lambda: take_back(known, name_of(who), now=now))


@router.api_route(CASE + "/skip", methods=READ)
async def ask_why(code: str, request: Request, _: Reviewer, now: Now) -> Response:
    """Asks for the reason, which colleagues read and the applicant never."""
    return await _ask(request, "skip", code_of(code), now=now)


@router.post(CASE + "/skip")
async def pass_on(code: str, request: Request, who: Reviewer, now: Now) -> Response:
    """Pass it on: Next case does not bring it back to this officer today."""
    known = code_of(code)

    async def act(sent: Mapping[str, str]) -> None:
        await skip(known, name_of(who), sent["why"], now=now)

    return await _put(request, "skip", known, act, now=now)


@router.api_route(CASE + "/hold", methods=READ)
async def ask_until_when(code: str, request: Request, _: Reviewer, now: Now) -> Response:
    """Asks for the reason, and the day on which it comes back."""
    return await _ask(request, "hold", code_of(code), now=now)


@router.post(CASE + "/hold")
async def put_aside(code: str, request: Request, who: Reviewer, now: Now) -> Response:
    """Put it aside until the morning of that day."""
    known = code_of(code)

    async def act(sent: Mapping[str, str]) -> None:
        await hold(known, name_of(who), sent["why"], _day(sent["until"]), now=now)

    return await _put(request, "hold", known, act, now=now)


async def _press(
    request: Request, tracking_code: str, act: Callable[[], Awaitable[None]]
) -> Response:
    sent = await texts_of(request, (FIELD,))
    if is_ours(request, sent[FIELD]):
        try:
            await act()
        except OfficerAway:
            return to_away(request)
        except (*FASTER, NoDecisionWaits):
            pass  # the case's own page says where it stands
    return to_case(request, tracking_code)


async def _ask(request: Request, what: str, tracking_code: str, *, now: datetime) -> Response:
    """The form, where there is something to pass on or to put aside."""
    if (await read_standing(tracking_code)).status != Status.UNDER_REVIEW:
        return to_case(request, tracking_code)
    return _aside(request, what, tracking_code, {}, now=now)


async def _put(
    request: Request,
    what: str,
    tracking_code: str,
    act: Callable[[Mapping[str, str]], Awaitable[None]],
    *,
    now: datetime,
) -> Response:
    sent = await texts_of(request, (FIELD, SWITCH, "why", "until"))
    if sent[SWITCH]:
        return _aside(request, what, tracking_code, sent, now=now)
    if not is_ours(request, sent[FIELD]):
        again = {"": said("form.again")}
        return _aside(request, what, tracking_code, sent, again, REFUSED, now=now)
    try:
        await act(sent)
    except FASTER:
        return to_case(request, tracking_code)
    except (ReasonNotSaid, ValueRefused, NotADayToComeBack) as refusal:
        mistakes = _mistakes(refusal)
        return _aside(request, what, tracking_code, sent, mistakes, UNREADABLE, now=now)
    return RedirectResponse(onward(request, DESK), status_code=303)


def _mistakes(refusal: MumarisError) -> Mistakes:
    if isinstance(refusal, NotADayToComeBack):
        return {"until": said("hold.until.mistake")}
    if isinstance(refusal, ValueRefused):
        return {"why": refusal.about("why").sentence}
    return {"why": said("aside.why.mistake")}


def _day(typed: str) -> date:
    """The day that a browser sends; what is none is no day to come back on."""
    try:
        return date.fromisoformat(typed)
    except ValueError:
        return date.min


def _aside(
    request: Request,
    what: str,
    tracking_code: str,
    sent: Mapping[str, str],
    mistakes: Mistakes | None = None,
    status: int = 200,
    *,
    now: datetime,
) -> Response:
    today = riyadh_day(now)
    language = page_language(request)
    mistakes = mistakes or {}
    return page(
        "desk/aside.html",
        request,
        language,
        status=status,
        path=f"{CASE.format(code=tracking_code)}/{what}",
        what=what,
        tracking_code=tracking_code,
        sent=sent,
        mistakes=mistakes,
        summary=[(box, sentence.in_(language)) for box, sentence in mistakes.items()],
        first=today + timedelta(days=1),
        last=today + timedelta(days=current_policy().review.put_aside_days),
    )
