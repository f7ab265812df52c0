"""One run of reminders: plan the day, send what is planned, say what became of it."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from desk.common_clock import common_clock
from desk.policy import current_policy
from desk.reminders.ordering import Order, keep_order
from models.connections import LONG
from models.database import patiently, transaction
from models.last_times import Recurring, note_time
from models.mail_outages import outage
from models.reminders.reminders import count_by_threshold, count_queued
from models.reminders.tokens import forget_tokens
from rules.policy.quiet_days import quiet
from rules.policy.reminders import ReminderPolicy
from rules.policy.thresholds import Topic
from rules.values.dates import RIYADH, riyadh_day
from tasks.reminders.planning import (
    Plan,
    Progress,
    is_today,
    plan_day,
    silent,
)
from tasks.reminders.turns import send_in_turn
from tasks.sending.run_clock import Clock, RunClock


@dataclass
class RunReport:
    """What a run did, without anybody's data."""

    topic: Topic
    day: date
    #: Nothing was sent or kept: the day is not today, so this is what would have been done.
    rehearsed: bool = False
    examined: int = 0
    #: Letters that this run's attempts got accepted.
    sent: int = 0
    failed: int = 0
    #: Letters that wait: for the mail server, or for the hours in which letters leave.
    waiting: int = 0
    #: Nothing leaves, whoever sends it.
    mail_is_away: bool = False
    #: Letters that would be planned, where it was only rehearsed.
    would_send: int = 0
    #: Threshold, status, reason, how many: of all runs of this day.
    by_threshold: list[tuple[int, str, str | None, int]] = field(default_factory=list)


async def send_today(
    clock: RunClock, *, at_any_hour: bool = False, tell: Progress = silent
) -> Counter[str]:
    """Send what is planned, within the hours of policy; nothing on a quiet day.

    While the mail server is away, or another run sends, waits for it until those hours end; at any
    hour it waits for neither. See `send_in_turn`. Returns how many attempts ended how.
    """
    policy = current_policy().reminders
    patience = _patience(clock.now(), policy, at_any_hour=at_any_hour)
    if patience is None:
        return Counter()
    return await send_in_turn(clock, policy=policy, patience=patience, tell=tell)


async def run_reminders(
    topic: Topic,
    on: date | None = None,
    *,
    run: str,
    clock: Clock | None = None,
    at_any_hour: bool = False,
    order: Order | None = None,
) -> RunReport:
    """The whole run, outside Prefect; see `plan_day` and `send_today`.

    Today is what the database's clock says, unless another is given. A run for another day is a
    rehearsal, see `rehearse_day`, unless somebody orders the letters of that day to leave today.
    The order is kept, and sentences count from today all the same.
    """
    run_clock = RunClock(clock or await common_clock())
    began = run_clock.now()
    day = on or riyadh_day(began)
    early = order is not None and not is_today(day, began)
    if order is not None and early:
        await keep_order(order, run, day, now=began)
    elif not is_today(day, began):
        return await rehearse_day(topic, day, now=began)
    plan = await plan_day(topic, day, run=run, now=began, early=early)
    sent = await send_today(run_clock, at_any_hour=at_any_hour)
    return await report(riyadh_day(began), plan, sent, now=run_clock.now())


async def rehearse_day(
    topic: Topic, day: date, *, now: datetime, tell: Progress = silent
) -> RunReport:
    """What a run on this day would do, by what is on file now; nothing is sent or kept."""
    plan = await plan_day(topic, day, run="rehearsal", now=now, dry=True, tell=tell)
    return RunReport(
        topic=topic,
        day=day,
        rehearsed=True,
        examined=plan.examined,
        would_send=plan.letters,
        by_threshold=[(*key, number) for key, number in sorted(plan.decided.items(), key=str)],
    )


@patiently
async def report(day: date, plan: Plan, sent: Counter[str], *, now: datetime) -> RunReport:
    """What became of the day so far; notes that there was a run, and forgets old tokens."""
    async with transaction(LONG) as session:
        await forget_tokens(session, now=now)
        await note_time(session, Recurring.reminders_of(plan.topic))
        return RunReport(
            topic=plan.topic,
            day=day,
            examined=plan.examined,
            sent=sent["sent"],
            failed=sent["failed"],
            waiting=await count_queued(session),
            mail_is_away=await outage(session) is not None,
            by_threshold=await count_by_threshold(session, plan.topic, day),
        )


def _patience(now: datetime, policy: ReminderPolicy, *, at_any_hour: bool) -> timedelta | None:
    """How long letters may leave from now on; None where they may not."""
    local = now.astimezone(RIYADH)
    if quiet(local.date(), policy):
        return None
    if at_any_hour:
        return timedelta(0)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    ends = midnight + timedelta(hours=policy.send_until_hour)
    begins = midnight + timedelta(hours=policy.send_from_hour)
    return ends - local if begins <= local < ends else None
