"""Giving cases to an officer: several of a queue, for supervisors, and one that is in hand."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import date, datetime
from typing import NamedTuple

from fastapi import APIRouter, Request
from fastapi.responses import Response

from desk.accounts.signed_in import SignedIn
from desk.cases.standing import read_standing
from desk.officers import OwnRequest
from desk.requests.absences import officers_here
from desk.requests.at_the_gate import (
    DecisionWaits,
    OfficerAway,
    ReviewAlreadyDecided,
)
from desk.requests.claims import assign
from desk.requests.handing_over import Given, assign_all, hand_over
from desk.requests.reasons import ReasonNotSaid, said_reason
from desk.requests.review import AlreadyApprovedByOfficer
from models.officers import OfficerUnknown
from models.requests import RequestUnknown
from portal.forms.sending import texts_of, ticked_in
from portal.officers.listed import carry_on
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
    to_case,
)
from portal.web.clock import Now
from portal.web.csrf import FIELD, is_ours
from portal.web.forms import SWITCH
from portal.web.languages import page_language
from portal.web.pages import page
from rules.accounts.kinds import Role
from rules.errors import MumarisError
from rules.findings.problems import ValueRefused
from rules.requests.statuses import Status

router = APIRouter()

HAND_OVER = "/desk/hand-over"
_BOXES = ("officer", "why")
_SENTENCES: Mapping[type[MumarisError], str] = {
    OwnRequest: "hand.own",
    AlreadyApprovedByOfficer: "hand.approved",
    OfficerAway: "hand.away",
    OfficerUnknown: "hand.nobody",
    ReviewAlreadyDecided: "hand.decided",
    DecisionWaits: "hand.waits",
    RequestUnknown: "hand.unknown",
    ReasonNotSaid: "aside.why.mistake",
}


class Sentence(NamedTuple):
    """The name of a sentence, and the day that it says."""

    name: str
    day: date | None = None


@router.post(HAND_OVER)
async def give(request: Request, who: Supervisor, now: Now) -> Response:
    """Ask to whom and why; then give each of the cases, and say what came of it."""
    carry_on(request)
    sent = await texts_of(request, (FIELD, SWITCH, "step", *_BOXES))
    codes = _codes(await ticked_in(request, "code"))
    if not is_ours(request, sent[FIELD]):
        mistakes = {"": Sentence("form.again")}
        return await _ask(request, HAND_OVER, codes, sent, mistakes, REFUSED, now=now)
    if sent[SWITCH] or sent["step"] != "give" or not codes:
        return await _ask(request, HAND_OVER, codes, sent, now=now)
    try:
        given = await assign_all(codes, sent["officer"], by=name_of(who), why=sent["why"], now=now)
    except (ReasonNotSaid, ValueRefused) as refusal:
        mistakes = {"why": _sentence(refusal)}
        return await _ask(request, HAND_OVER, codes, sent, mistakes, UNREADABLE, now=now)
    return page(
        "desk/handed_over.html",
        request,
        page_language(request),
        path=HAND_OVER,
        officer=sent["officer"],
        lines=[(one.tracking_code, one.refused is None, _said_of(one)) for one in given],
    )


@router.api_route(CASE + "/hand-over", methods=READ)
async def ask_to_whom(code: str, request: Request, _: Reviewer, now: Now) -> Response:
    """Asks to whom one case goes, and why, where it waits for review."""
    known = code_of(code)
    if (await read_standing(known)).status != Status.UNDER_REVIEW:
        return to_case(request, known)
    return await _ask(request, f"{CASE.format(code=known)}/hand-over", [known], {}, now=now)


@router.post(CASE + "/hand-over")
async def give_one(code: str, request: Request, who: Reviewer, now: Now) -> Response:
    """Give what is in hand to a colleague; a supervisor gives whatever anybody has."""
    known, by = code_of(code), name_of(who)
    action = f"{CASE.format(code=known)}/hand-over"
    sent = await texts_of(request, (FIELD, SWITCH, *_BOXES))
    if sent[SWITCH]:
        return await _ask(request, action, [known], sent, now=now)
    if not is_ours(request, sent[FIELD]):
        mistakes = {"": Sentence("form.again")}
        return await _ask(request, action, [known], sent, mistakes, REFUSED, now=now)
    try:
        await _give_one(known, sent, who, by, now=now)
    except FASTER:
        return to_case(request, known)
    except (ReasonNotSaid, ValueRefused) as refusal:
        mistakes = {"why": _sentence(refusal)}
    except (OfficerUnknown, OfficerAway, OwnRequest, AlreadyApprovedByOfficer) as refusal:
        mistakes = {"officer": _sentence(refusal)}
    else:
        return to_case(request, known)
    return await _ask(request, action, [known], sent, mistakes, UNREADABLE, now=now)


async def _give_one(
    code: str, sent: Mapping[str, str], who: SignedIn, by: str, *, now: datetime
) -> None:
    officer, why = sent["officer"], sent["why"]
    if Role.SUPERVISOR in who.roles:
        await assign(code, officer, by=by, why=said_reason(why), now=now)
    else:
        await hand_over(code, officer, by=by, why=why, now=now)


def _codes(ticked: frozenset[str]) -> list[str]:
    """The tracking codes among what was ticked."""
    found = set()
    for typed in ticked:
        with suppress(RequestUnknown):
            found.add(code_of(typed))
    return sorted(found)


def _said_of(given: Given) -> Sentence:
    return Sentence("hand.given") if given.refused is None else _sentence(given.refused)


def _sentence(refusal: MumarisError) -> Sentence:
    day = refusal.back_on if isinstance(refusal, OfficerAway) else None
    return Sentence(_SENTENCES.get(type(refusal), "hand.not_given"), day)


async def _ask(
    request: Request,
    action: str,
    codes: Sequence[str],
    sent: Mapping[str, str],
    mistakes: Mapping[str, Sentence] | None = None,
    status: int = 200,
    *,
    now: datetime,
) -> Response:
    return page(
        "desk/hand_over.html",
        request,
        page_language(request),
        status=status,
        path=action,
        codes=codes,
        sent=sent,
        mistakes=mistakes or {},
        officers=await officers_here(now=now),
        is_several=action == HAND_OVER,
    )
