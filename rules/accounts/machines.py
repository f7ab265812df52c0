"""Accounts of other systems: what each kind may do, and the form of their keys."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from rules.errors import WrongUsage


class NotAMachineName(WrongUsage):
    """A machine's name has 3 to 64 small Latin letters, digits, dots, dashes or underscores."""


class MachineKind(StrEnum):
    """Whose system it is."""

    #: An employer's: it acts for the employer's own people alone.
    EMPLOYER = "employer"
    #: The authority's own, such as a mobile app: it acts for everybody.
    HOUSE = "house"
    #: A payment gateway's, or a bank's: it reports payments, and sees nobody.
    PAYMENTS = "payments"


class MachineAct(StrEnum):
    """What a system asks for."""

    #: Hand in, correct, withdraw, send a document, have a link sent again.
    HAND_IN = "hand_in"
    #: See requests and documents.
    READ = "read"
    #: See a card, and whether it may be renewed.
    LOOK_UP = "look_up"
    #: Check cards by their codes, whoever holds them: a code is what a card's holder shows.
    CHECK_CARDS = "check_cards"
    #: Report a payment.
    REPORT_PAYMENT = "report_payment"
    #: Carry an officer's decision, whose own token comes with it.
    CARRY_DECISION = "carry_decision"


#: What each kind may do; whom it may do it for is another question.
MAY: Mapping[MachineKind, frozenset[MachineAct]] = {
    MachineKind.EMPLOYER: frozenset(
        {MachineAct.HAND_IN, MachineAct.READ, MachineAct.LOOK_UP, MachineAct.CHECK_CARDS}
    ),
    MachineKind.HOUSE: frozenset(set(MachineAct) - {MachineAct.REPORT_PAYMENT}),
    MachineKind.PAYMENTS: frozenset({MachineAct.REPORT_PAYMENT}),
}

_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{2,63}")
#: What a key begins with, so that scanners of files and logs find one that was lost there.
_KEY_MARK = "mumaris"
_KEY = re.compile(rf"{_KEY_MARK}_([0-9a-f]{{16}})_([A-Za-z0-9_-]{{43}})", re.ASCII)


@dataclass(frozen=True, repr=False)
class TypedKey:
    """A key that has the form of one: by ``id`` it is found, by ``secret`` it is right."""

    id: str
    secret: str


def read_key(typed: str) -> TypedKey | None:
    """The two halves of what was sent as a key; None for what cannot be one."""
    found = _KEY.fullmatch(typed)
    return None if found is None else TypedKey(*found.groups())


def write_key(key_id: str, secret: str) -> str:
    """The key as its system keeps it."""
    return f"{_KEY_MARK}_{key_id}_{secret}"


def clean_machine_name(typed: str) -> str:
    """The name; raises `NotAMachineName`."""
    name = typed.strip()
    if _NAME.fullmatch(name) is None:
        raise NotAMachineName
    return name
