"""Cards: looked up, checked by code, and whether they may be renewed. No address has a number."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, ClassVar

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from pydantic import TypeAdapter

from desk.accounts.machine_keys import Calling
from desk.kinds.reading import SubmissionRefused
from desk.machines.checking_cards import check_many
from desk.machines.looking_up import check_eligibility, look_card_up
from portal.api.answers import answer
from portal.api.bodies import body_as
from portal.api.calling import machine
from portal.api.shapes import CardRead, CheckedCards, CheckedCardShown, Eligibility
from portal.web.clock import Now
from rules.accounts.machines import MachineAct
from rules.findings.problems import ValueRefused
from rules.requests.submitted import AS_TYPED
from rules.values.dates import parse_date, riyadh_day

router = APIRouter()


@dataclass(frozen=True, kw_only=True)
class CardLookup:
    """Whose card is asked for."""

    __pydantic_config__: ClassVar[Mapping[str, Any]] = AS_TYPED

    registration_number: str


@dataclass(frozen=True, kw_only=True)
class EligibilityCheck:
    """Whose card may be renewed, and on which day."""

    __pydantic_config__: ClassVar[Mapping[str, Any]] = AS_TYPED

    registration_number: str
    #: Hijri or Gregorian; today in Riyadh where it is left out.
    on: str | None = None


@dataclass(frozen=True, kw_only=True)
class CardChecks:
    """The codes of the cards that are asked for, or the addresses that a scanner read."""

    __pydantic_config__: ClassVar[Mapping[str, Any]] = AS_TYPED

    codes: tuple[str, ...]


_LOOKUP = TypeAdapter(CardLookup)
_CHECK = TypeAdapter(EligibilityCheck)
_CODES = TypeAdapter(CardChecks)


@router.post("/card-lookups")
async def look_up_card(
    request: Request,
    calling: Annotated[Calling, Depends(machine("look_up_card", MachineAct.LOOK_UP))],
    now: Now,
) -> Response:
    """The card of a practitioner."""
    asked = await body_as(_LOOKUP, request)
    found = await look_card_up(calling, asked.registration_number, now=now)
    return answer(request, CardRead.of(found))


@router.post("/card-checks")
async def check_cards_by_code(
    request: Request,
    calling: Annotated[Calling, Depends(machine("check_cards", MachineAct.CHECK_CARDS))],
    now: Now,
) -> Response:
    """Whether the cards of these codes are valid, in their order."""
    asked = await body_as(_CODES, request)
    found = await check_many(calling, asked.codes, now=now)
    return answer(request, CheckedCards(cards=tuple(map(CheckedCardShown.of, found))))


@router.post("/eligibility-checks")
async def check_card_eligibility(
    request: Request,
    calling: Annotated[Calling, Depends(machine("check_card_eligibility", MachineAct.LOOK_UP))],
    now: Now,
) -> Response:
    """Whether a card may be renewed on a day, rule by rule."""
    asked = await body_as(_CHECK, request)
    on = riyadh_day(now) if asked.on is None else _day(asked.on)
    try:
        lines = await check_eligibility(calling, asked.registration_number, on, now=now)
    except ValueRefused as refused:
        raise SubmissionRefused([refused.about("on")]) from None
    return answer(request, Eligibility.of(lines, on))


def _day(typed: str) -> date:
    try:
        return parse_date(typed)
    except ValueRefused as refused:
        raise SubmissionRefused([refused.about("on")]) from None
