"""Where everything stands: what operations see first, and what needs a hand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from desk.mail.state import MailState, mail_state
from desk.operations.document_figures import DocumentFigures, document_figures
from desk.operations.stuck import StuckRequest, stuck_requests
from desk.policy import current_policy
from models.clock import database_now
from models.database import transaction
from models.documents.endings import holds_content_since
from models.figures import (
    count_overdue,
    count_requests,
    idle_claims,
    requests_without_bill,
    requests_without_run,
)
from models.last_times import Recurring, last_times
from models.reminders.examinations import count_due
from rules.policy.quiet_days import next_sending_day
from rules.policy.reminders import ReminderPolicy
from rules.policy.thresholds import Topic
from rules.values.dates import riyadh_day

#: A pass comes every few seconds; a worker that is just being replaced takes some more.
_SWEEP_WITHIN = timedelta(minutes=1)
#: A run is made in a second; while Prefect is down it takes as long as that lasts.
_RUN_WITHIN = timedelta(minutes=1)
#: A run comes every hour, and may take its time.
_RETENTION_WITHIN = timedelta(hours=3)
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
    """The runs that destroy documents whose end has come."""

    #: The end of the last whole run; None before the first.
    last_run_at: datetime | None
    #: There are documents, and no run has looked at them for hours.
    is_late: bool


@dataclass(frozen=True, kw_only=True)
class Overview:
    """The figures, and what is in them that somebody should look at; nobody's data."""

    at: datetime
    #: Kind, status, how many.
    requests: Sequence[tuple[str, str, int]]
    reviews_overdue: int
    #: What the sweep cannot do by itself.
    stuck: Sequence[StuckRequest]
    #: Tracking codes, at most 50 of each.
    without_run: Sequence[str]
    without_bill: Sequence[str]
    #: Tracking code and user name of an officer who is not active any more.
    idle_claims: Sequence[tuple[str, str]]
    mail: MailState
    reminders: Mapping[Topic, Reminding]
    documents: DocumentFigures
    retention: Retention
    #: The last pass over what is due; None before the first.
    swept_at: datetime | None

    @property
    def sweep_stopped(self) -> bool:
        """Whether no worker and no caretaker does the house-keeping."""
        return self.swept_at is None or self.at - self.swept_at > _SWEEP_WITHIN


async def overview() -> Overview:
    """Read the figures; changes nothing. Instants and ages are by the database's clock."""
    policy = current_policy().reminders
    async with transaction() as session:
        now = await database_now(session)
        last = await last_times(session)
        due = {topic: await count_due(session, topic, riyadh_day(now)) for topic in Topic}
        requests = sorted(await count_requests(session))
        overdue = await count_overdue(session, now=now)
        without_run = await requests_without_run(session, since=now - _RUN_WITHIN, limit=_NAMED)
        without_bill = await requests_without_bill(session, limit=_NAMED)
        held = await idle_claims(session, limit=_NAMED)
        documents = await document_figures(session, now=now)
        unseen = await holds_content_since(session, now - _RETENTION_WITHIN)
    retained_at = last.get(Recurring.DOCUMENT_RETENTION)
    return Overview(
        at=now,
        requests=requests,
        reviews_overdue=overdue,
        stuck=await stuck_requests(),
        without_run=without_run,
        without_bill=without_bill,
        idle_claims=held,
        mail=await mail_state(now=now),
        reminders={
            topic: Reminding(
                last_run_at=last.get(Recurring.reminders_of(topic)),
                to_examine=to_examine,
                missed_on=missed(last.get(Recurring.reminders_of(topic)), now, policy),
            )
            for topic, to_examine in due.items()
        },
        documents=documents,
        retention=Retention(
            last_run_at=retained_at,
            is_late=unseen and (retained_at is None or now - retained_at > _RETENTION_WITHIN),
        ),
        swept_at=last.get(Recurring.SWEEP),
    )


def missed(last_run_at: datetime | None, now: datetime, policy: ReminderPolicy) -> date | None:
    """The first sending day before today on which no run was, after the last one; else None.

    Today is not over yet. Where no run was ever, none is missed: an installation begins with one.
    """
    if last_run_at is None:
        return None
    due_on = next_sending_day(riyadh_day(last_run_at), policy)
    return due_on if due_on < riyadh_day(now) else None
