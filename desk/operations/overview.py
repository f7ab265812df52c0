"""Where everything stands: what operations see first, and what needs a hand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlmodel.ext.asyncio.session import AsyncSession

from desk.mail.figures import MailFigures, read_mail_figures
from desk.mail.state import MailState, read_mail_state
from desk.operations.document_figures import DocumentFigures, document_figures
from desk.operations.reviews import Reviews, read_reviews
from desk.operations.stuck import StuckRequest, read_stuck
from desk.policy import current_policy
from models.clock import database_now
from models.database import snapshot
from models.documents.endings import holds_content_since
from models.figures import (
    count_requests,
    idle_claims,
    requests_without_bill,
    requests_without_run,
)
from models.last_times import Recurring, last_seconds, last_times
from models.machine_figures import MachineTroubles, machine_troubles
from models.reminders.examinations import count_due
from models.run_figures import (
    Delayed,
    PrefectWindow,
    prefect_window,
    runs_without_progress,
    unanswered_bells,
)
from rules.policy.quiet_days import next_sending_day
from rules.policy.reminders import ReminderPolicy
from rules.policy.thresholds import Topic
from rules.values.dates import riyadh_day

#: A pass comes every few seconds; a worker that is just being replaced takes some more.
_SWEEP_WITHIN = timedelta(minutes=1)
#: A run is made in a second; while Prefect is down it takes as long as that lasts.
_RUN_WITHIN = timedelta(minutes=1)
#: A bell is answered in a second; whatever is moved is looked at every few.
_BELL_WITHIN = timedelta(minutes=1)
#: A step takes seconds; one that waits for something outside tries again for longer.
_STEP_WITHIN = timedelta(minutes=10)
#: Prefect is told of what happens within seconds, by the run or by the sweep.
_TOLD_WITHIN = timedelta(minutes=1)
#: A run comes every hour, and may take its time.
_DOCUMENTS_WITHIN = timedelta(hours=3)
#: A run comes every night.
_RETENTION_WITHIN = timedelta(hours=36)
#: More of a kind are not named one by one.
_NAMED = 50


@dataclass(frozen=True, kw_only=True)
class Reminding:
    """The runs of the reminders on one topic."""

    #: The end of the last whole run; None before the first.
    last_run_at: datetime | None
    #: Cards or profiles that the next run will examine.
    to_examine: int
    #: The day on which a run should have been since then, and was not.
    missed_on: date | None


@dataclass(frozen=True, kw_only=True)
class Retention:
    """The runs that destroy documents whose end has come, or what else is not kept any longer."""

    #: The end of the last whole run; None before the first.
    last_run_at: datetime | None
    #: A run should have been by now.
    is_late: bool


@dataclass(frozen=True, kw_only=True)
class Overview:
    """The figures of one instant, and what is in them that somebody should look at; nobody's data.

    The instant is the database's.
    """

    at: datetime
    #: Kind, status, how many.
    requests: Sequence[tuple[str, str, int]]
    reviews: Reviews
    #: What the sweep cannot do by itself.
    stuck: Sequence[StuckRequest]
    #: Tracking codes, at most 50 of each.
    without_run: Sequence[str]
    without_bill: Sequence[str]
    #: Requests that were moved, and whose run was not woken.
    bells_unanswered: Delayed
    #: Requests whose run has not come on.
    without_progress: Delayed
    #: How far what Prefect shows lies behind: what it was not told of while it was away.
    window: PrefectWindow
    #: Tracking code and user name of an officer who has left, or is away.
    idle_claims: Sequence[tuple[str, str]]
    mail: MailState
    mail_figures: MailFigures
    reminders: Mapping[Topic, Reminding]
    documents: DocumentFigures
    document_retention: Retention
    retention: Retention
    #: What other systems were not told, or handed in for nothing.
    machines: MachineTroubles
    #: The last pass over what is due; None before the first.
    swept_at: datetime | None
    #: How long that one took, of whichever worker; None where it was not measured.
    sweep_seconds: float | None

    @property
    def sweep_stopped(self) -> bool:
        """Whether no worker and no caretaker does the house-keeping."""
        return self.swept_at is None or self.at - self.swept_at > _SWEEP_WITHIN


async def overview() -> Overview:
    """Read the figures, all at one moment; changes nothing."""
    async with snapshot() as session:
        return await read_overview(session)


async def read_overview(session: AsyncSession) -> Overview:
    """The same, in the caller's snapshot."""
    now = await database_now(session)
    last = await last_times(session)
    return Overview(
        at=now,
        requests=sorted(await count_requests(session)),
        reviews=await read_reviews(session, now=now),
        stuck=await read_stuck(session),
        without_run=await requests_without_run(session, since=now - _RUN_WITHIN, limit=_NAMED),
        without_bill=await requests_without_bill(session, limit=_NAMED),
        bells_unanswered=await unanswered_bells(session, before=now - _BELL_WITHIN),
        without_progress=await runs_without_progress(session, before=now - _STEP_WITHIN),
        window=await prefect_window(session, before=now - _TOLD_WITHIN),
        idle_claims=await idle_claims(session, riyadh_day(now), limit=_NAMED),
        mail=await read_mail_state(session, now=now),
        mail_figures=await read_mail_figures(session, now=now),
        reminders={topic: await _reminding(session, topic, last, now) for topic in Topic},
        documents=await document_figures(session, now=now),
        document_retention=await _document_retention(session, last, now),
        retention=_retention(last.get(Recurring.RETENTION), now),
        machines=await machine_troubles(session, limit=_NAMED),
        swept_at=last.get(Recurring.SWEEP),
        sweep_seconds=await last_seconds(session, Recurring.SWEEP),
    )


async def _reminding(
    session: AsyncSession, topic: Topic, last: Mapping[Recurring, datetime], now: datetime
) -> Reminding:
    last_run_at = last.get(Recurring.reminders_of(topic))
    return Reminding(
        last_run_at=last_run_at,
        to_examine=await count_due(session, topic, riyadh_day(now)),
        missed_on=missed(last_run_at, now, current_policy().reminders),
    )


async def _document_retention(
    session: AsyncSession, last: Mapping[Recurring, datetime], now: datetime
) -> Retention:
    last_run_at = last.get(Recurring.DOCUMENT_RETENTION)
    unseen = await holds_content_since(session, now - _DOCUMENTS_WITHIN)
    is_late = unseen and (last_run_at is None or now - last_run_at > _DOCUMENTS_WITHIN)
    return Retention(last_run_at=last_run_at, is_late=is_late)


def _retention(last_run_at: datetime | None, now: datetime) -> Retention:
    """Where no run was ever, none is late: an installation begins with one."""
    is_late = last_run_at is not None and now - last_run_at > _RETENTION_WITHIN
    return Retention(last_run_at=last_run_at, is_late=is_late)


def missed(last_run_at: datetime | None, now: datetime, policy: ReminderPolicy) -> date | None:
    """The first sending day before today on which no run was, after the last one; else None.

    Today is not over yet. Where no run was ever, none is missed: an installation begins with one.
    """
    if last_run_at is None:
        return None
    due_on = next_sending_day(riyadh_day(last_run_at), policy)
    return due_on if due_on < riyadh_day(now) else None
