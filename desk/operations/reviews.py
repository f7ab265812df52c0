"""The queue at the gate as whoever begins a working day asks for it: what is due, what grew."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from desk.clock import end_of_day
from desk.policy import current_policy
from models.review_figures import DueReviews, GateTraffic, count_due_reviews, count_gate_traffic
from rules.values.dates import riyadh_day


@dataclass(frozen=True, kw_only=True)
class ReviewsOfKind:
    """The reviews of one kind; one that is due is counted once."""

    kind: str
    waiting: int
    late: int
    #: Due after now, and today.
    today: int
    #: Due after today, and before the weekend.
    this_week: int
    #: What came to the gate and left it since the last working day.
    came: int
    left: int

    @property
    def growth(self) -> int:
        """By how much more waits than then; below 0 where it is less."""
        return self.came - self.left


@dataclass(frozen=True, kw_only=True)
class Reviews:
    """What waits at the gate, by kind."""

    by_kind: Sequence[ReviewsOfKind]
    #: The last day before the weekend; today where policy has no weekend.
    week_ends_on: date
    #: The last working day: growth counts from its end on.
    last_day: date

    @property
    def late(self) -> int:
        """How many should have been done by now."""
        return sum(each.late for each in self.by_kind)


async def read_reviews(session: AsyncSession, *, now: datetime) -> Reviews:
    """Read the figures; changes nothing. Days are Riyadh's, by policy's calendar."""
    today, calendar = riyadh_day(now), current_policy().working_days
    week_ends_on = calendar.before_weekend(today) or today
    last_day = calendar.add(today, -1)
    due = await count_due_reviews(
        session,
        now=now,
        today_ends=end_of_day(today),
        week_ends=end_of_day(week_ends_on),
    )
    moved = {
        each.kind: each for each in await count_gate_traffic(session, since=end_of_day(last_day))
    }
    waits = {each.kind: each for each in due}
    by_kind = [
        _of_kind(
            waits.get(kind, DueReviews(kind, 0, 0, 0, 0)), moved.get(kind, GateTraffic(kind, 0, 0))
        )
        for kind in sorted({*waits, *moved})
    ]
    return Reviews(by_kind=by_kind, week_ends_on=week_ends_on, last_day=last_day)


def _of_kind(due: DueReviews, moved: GateTraffic) -> ReviewsOfKind:
    return ReviewsOfKind(
        kind=due.kind,
        waiting=due.waiting,
        late=due.late,
        today=due.today,
        this_week=due.this_week,
        came=moved.came,
        left=moved.left,
    )
