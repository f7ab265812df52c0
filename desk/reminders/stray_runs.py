"""Take back what a run of reminders for another day has done, and tell whom it has misled."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from models.connections import LONG
from models.database import patiently, transaction
from models.reminders.examinations import take_turn
from models.reminders.orders import Ordered, ReminderOrder
from models.reminders.strays import (
    Stray,
    StrayRun,
    closed_as_passed,
    decide_again,
    examine_again,
    stray_runs,
    strays_of,
    take_back,
    write_corrections,
)
from rules.errors import Conflict
from rules.policy.reminders import ReminderPolicy
from rules.reminders.decision import ReminderStatus
from rules.values.dates import riyadh_day


class RunNotStray(Conflict):
    """The run has decided nothing for another day than its own: nothing is to be taken back."""

    def __init__(self, run: str) -> None:
        super().__init__(f"the run {run} has done nothing for another day than its own")
        self.run = run


@dataclass(frozen=True)
class UndoneRun:
    """What was taken back; both are 0 where it had been done before."""

    #: Letters that count no more.
    letters: int
    #: Reminders that will be decided again when they are due, or are due now.
    reopened: int
    #: E-mails that correct such a letter and are now on their way.
    corrections: int


async def list_stray_runs(*, now: datetime) -> list[StrayRun]:
    """The runs that were for another day than that on which they ran, oldest first."""
    async with transaction(LONG) as session:
        return await stray_runs(session, today=riyadh_day(now))


async def whom_it_told(run: str, *, now: datetime) -> list[Stray]:
    """What the run has decided for another day, person by person; raises `RunNotStray`."""
    async with transaction(LONG) as session:
        return await _found(session, run, now)


@patiently
async def undo_run(
    run: str, *, by: str, because: str, correct: bool, now: datetime, policy: ReminderPolicy
) -> UndoneRun:
    """Make the real thresholds due again; with ``correct``, owe each misled person an e-mail.

    One transaction, safe to repeat: a letter is taken back once and corrected once. A letter that
    is on its way at this moment counts as sent. Raises `RunNotStray`.
    """
    async with transaction(LONG) as session:
        await take_turn(session)
        strays = [each for each in await _found(session, run, now) if each.copy == 0]
        reopened = await _take_back(session, strays, now=now, policy=policy)
        sent = [each for each in strays if each.status == ReminderStatus.SENT]
        if strays:
            session.add(_order(run, Ordered.UNDO, by=by, because=because, now=now))
        corrections = 0
        if correct:
            undone = [each for each in await _found(session, run, now) if each.copy > 0]
            corrections = await write_corrections(
                session, undone, run=run, today=riyadh_day(now), now=now
            )
        if corrections:
            session.add(_order(run, Ordered.CORRECT, by=by, because=because, now=now))
        return UndoneRun(len(sent), reopened, corrections)


async def _found(session: AsyncSession, run: str, now: datetime) -> list[Stray]:
    found = await strays_of(session, run, today=riyadh_day(now))
    if not found:
        raise RunNotStray(run)
    return found


async def _take_back(
    session: AsyncSession, strays: Sequence[Stray], *, now: datetime, policy: ReminderPolicy
) -> int:
    people = sorted({each.practitioner_id for each in strays})
    await take_back(session, strays, now=now)
    passed = await _wrongly_passed(session, people, now, policy)
    await decide_again(session, passed)
    await examine_again(session, people)
    unsent = sum(each.status != ReminderStatus.SENT for each in strays)
    return unsent + len(passed)


async def _wrongly_passed(
    session: AsyncSession, people: Sequence[UUID], now: datetime, policy: ReminderPolicy
) -> list[UUID]:
    """Reminders that were closed as too late although their threshold has not passed by today."""
    today = riyadh_day(now)
    return [
        reminder
        for reminder, topic, anchor, threshold in await closed_as_passed(session, people)
        if not policy.thresholds(topic).has_passed(threshold, anchor, today)
    ]


def _order(run: str, what: Ordered, *, by: str, because: str, now: datetime) -> ReminderOrder:
    return ReminderOrder(run=run, what=what, because=because, by=by, at=now)
