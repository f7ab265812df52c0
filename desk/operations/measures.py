"""What a monitoring system reads again and again: figures of now, and stages that have ended."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from desk.accounts.counting import recent_misses
from desk.operations.overview import Overview, read_overview
from models.database import snapshot, transaction
from models.reminders.figures import count_by_status
from models.stages import (
    EndedStage,
    Mailed,
    WaitsSoLong,
    activation_e_mails,
    count_by_age,
    ended_stages,
    last_line,
)
from rules.requests.statuses import Status
from rules.requests.transitions import OPEN

#: A line of the history may be written some seconds after a later one: whoever reads only forwards
#: waits for it.
_TRAIL = timedelta(seconds=30)
#: Until then an e-mail is taken, or the mail server is away.
_MAIL_TRAIL = timedelta(minutes=10)
#: For so long what became of reminders is counted.
_REMINDERS_FOR = timedelta(days=7)
#: Whose ends are told: to the gate, the decision, the payment, the activation.
STAGES = (
    Status.SUBMITTED,
    Status.UNDER_REVIEW,
    Status.RETURNED,
    Status.AWAITING_PAYMENT,
    Status.AWAITING_ACTIVATION,
)


@dataclass(frozen=True, kw_only=True)
class Measures:
    """The figures of one moment; nobody's data."""

    overview: Overview
    waits: Sequence[WaitsSoLong]
    #: What became of the reminders that were decided in the last seven days: topic, status, number.
    reminders: Sequence[tuple[str, str, int]]
    #: Sign-ins that strangers' browsers failed lately, as policy counts them.
    sign_ins_failed: int


async def measure() -> Measures:
    """Read the figures; changes nothing."""
    async with snapshot() as session:
        seen = await read_overview(session)
        return Measures(
            overview=seen,
            waits=await count_by_age(session, OPEN, now=seen.at),
            reminders=await count_by_status(session, since=seen.at - _REMINDERS_FOR),
            sign_ins_failed=await recent_misses(session, now=seen.at),
        )


class EndedStages:
    """Reads the history on from where it was read last, from the first look on: one a process."""

    def __init__(self) -> None:
        self._stages_from: int | None = None
        self._e_mails_from: int | None = None

    async def read_on(self, *, now: datetime) -> tuple[Sequence[EndedStage], Sequence[Mailed]]:
        """The stages that have ended since the last look, and e-mails; none at the first look.

        Half a minute late, and e-mails ten minutes. Two looks at once would tell the same twice:
        the caller sees to it that there is one. A look that fails is repeated by the next one.
        """
        stages: Sequence[EndedStage] = ()
        e_mails: Sequence[Mailed] = ()
        async with transaction() as session:
            stages_to = await last_line(session, before=now - _TRAIL, after=self._stages_from)
            e_mails_to = await last_line(
                session, before=now - _MAIL_TRAIL, after=self._e_mails_from
            )
            if self._stages_from is not None:
                stages = await ended_stages(
                    session, STAGES, after=self._stages_from, until=stages_to
                )
            if self._e_mails_from is not None:
                e_mails = await activation_e_mails(
                    session, after=self._e_mails_from, until=e_mails_to
                )
        self._stages_from, self._e_mails_from = stages_to, e_mails_to
        return stages, e_mails
