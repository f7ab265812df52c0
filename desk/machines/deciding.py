"""An officer's decision that comes through another system: with the officer's own token, or not."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from desk.accounts.machine_keys import Calling
from desk.accounts.signed_in import officer_with, whose_session
from desk.requests.review import Ruling, decide
from rules.accounts.kinds import REVIEWING
from rules.accounts.machines import MachineAct
from rules.errors import NotAllowed
from rules.requests.correctable import Correctable
from rules.requests.statuses import Status
from rules.requests.verdicts import Origin, Verdict


class PersonNeeded(NotAllowed):
    """A decision is a person's: the officer's token is missing, or nobody is signed in by it."""


@dataclass(frozen=True, kw_only=True)
class DecisionSaid:
    """What the officer said, in the other system."""

    verdict: Verdict
    #: The round that the officer was shown.
    round: int
    reason_code: str | None = None
    note: str | None = None
    fields: Sequence[Correctable] = ()


async def carry_decision(
    calling: Calling, tracking_code: str, said: DecisionSaid, *, token: str, now: datetime
) -> Status:
    """Decide as the officer whose session this token is; see `desk.requests.review.decide`.

    The machine alone decides nothing. Raises `NotForThisMachine`, `PersonNeeded`, what
    `desk.accounts.signed_in.officer_with` raises for who may not review, and as `decide`.
    """
    calling.refuse_unless(MachineAct.CARRY_DECISION)
    who = await whose_session(token, now=now)
    if who is None:
        raise PersonNeeded
    ruling = Ruling(
        verdict=said.verdict,
        officer=officer_with(who, REVIEWING),
        reason_code=said.reason_code,
        note=said.note,
        fields=said.fields,
        origin=Origin.API,
        round=said.round,
    )
    return await decide(tracking_code, ruling, now=now)
