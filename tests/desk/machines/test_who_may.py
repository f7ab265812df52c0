"""The desk asks again, whatever the API has asked: what a machine of another kind may not do."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest

from desk.accounts.machine_keys import Calling, NotForThisMachine, whose_key
from desk.machines.deciding import DecisionSaid, carry_decision
from desk.machines.documents import read_document, send_document
from desk.machines.handing_in import correct, hand_in, resend, withdraw
from desk.machines.looking_up import check_eligibility, look_card_up
from desk.machines.paying import report_payment
from desk.machines.reading import list_changed, read_request
from rules.accounts.machines import MachineKind
from rules.requests.statuses import Kind
from rules.requests.verdicts import Verdict
from rules.values.document_kind import DocumentKind
from rules.values.money import Money
from support.api import wish
from support.machines import key_of
from support.people import NOURA
from support.requests import NOW

CODE, NUMBER, TODAY = "K7Q2-M9XD", NOURA["registration_number"], NOW.date()


async def nothing() -> AsyncIterator[bytes]:
    """A file that is never read."""
    yield b""


ASKED: dict[str, tuple[MachineKind, Callable[[Calling], Awaitable[Any]]]] = {
    "hand in": (
        MachineKind.PAYMENTS,
        lambda who: hand_in(who, Kind.PROFILE_UPDATE, wish(), key="key-00001", now=NOW),
    ),
    "correct": (
        MachineKind.PAYMENTS,
        lambda who: correct(who, CODE, wish(), key="key-00001", now=NOW),
    ),
    "withdraw": (MachineKind.PAYMENTS, lambda who: withdraw(who, CODE, now=NOW)),
    "resend": (MachineKind.PAYMENTS, lambda who: resend(who, CODE, now=NOW)),
    "read": (MachineKind.PAYMENTS, lambda who: read_request(who, CODE, now=NOW)),
    "list": (MachineKind.PAYMENTS, lambda who: list_changed(who, cursor=0, limit=1, now=NOW)),
    "send a document": (
        MachineKind.PAYMENTS,
        lambda who: send_document(
            who,
            nothing(),
            registration_number=NUMBER,
            kind=DocumentKind.EMPLOYER_LETTER,
            replaces=None,
            now=NOW,
        ),
    ),
    "read a document": (MachineKind.PAYMENTS, lambda who: read_document(who, "0" * 32, now=NOW)),
    "look a card up": (MachineKind.PAYMENTS, lambda who: look_card_up(who, NUMBER, now=NOW)),
    "check eligibility": (
        MachineKind.PAYMENTS,
        lambda who: check_eligibility(who, NUMBER, TODAY, now=NOW),
    ),
    "report a payment": (
        MachineKind.HOUSE,
        lambda who: report_payment(who, "x", Money(1, "SAR"), paid_on=TODAY, now=NOW),
    ),
    "carry a decision": (
        MachineKind.EMPLOYER,
        lambda who: carry_decision(
            who, CODE, DecisionSaid(verdict=Verdict.APPROVE, round=1), token="x", now=NOW
        ),
    ),
}


@pytest.mark.usefixtures("people")
@pytest.mark.parametrize("what", ASKED)
async def test_a_machine_of_another_kind_is_refused(what: str) -> None:
    """Before anything is looked for."""
    kind, ask = ASKED[what]
    calling = await whose_key(await key_of(kind=kind), for_what="a", now=NOW)

    with pytest.raises(NotForThisMachine):
        await ask(calling)
