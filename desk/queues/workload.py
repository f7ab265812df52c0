"""How much there is to do, and what was done: by officer and by kind, no person of the register."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from desk.clock import day_begins, end_of_day
from models.database import snapshot
from models.officers import active_officers
from models.review_figures import count_due_reviews
from models.workload import (
    InHand,
    count_decided,
    count_in_hand,
    count_put_aside,
    median_minutes,
)
from rules.requests.statuses import Kind
from rules.values.dates import riyadh_day

#: Days that are looked back on, where nobody says how many, and the most that anybody can say.
USUAL_DAYS, MOST_DAYS = 28, 366


@dataclass(frozen=True, kw_only=True)
class Load:
    """What there is to do and what was done: of an officer, or of a kind."""

    #: The officer's user name, or the kind.
    name: str
    #: What an officer works on; of a kind, all that waits for review.
    open: int
    #: Of those, due after now and today; and late.
    today: int
    late: int
    #: What the officer has put aside; 0 of a kind, where it is among what is open.
    put_aside: int
    #: Decisions of the last days; where two officers are needed, both have decided.
    decided: int
    #: From taking a case to the decision, the middle one of those decisions; None where nothing
    #: is known of any.
    median_minutes: float | None


@dataclass(frozen=True, kw_only=True)
class Workload:
    """The figures of one moment."""

    #: By name, those who have left and have decided in these days among them: no rank.
    officers: Sequence[Load]
    kinds: Sequence[Load]
    #: The first of the days that are looked back on; the last is today.
    since: date


async def read_workload(*, days: int = USUAL_DAYS, now: datetime) -> Workload:
    """Read the figures at one moment; changes nothing. Days are Riyadh's, today is one of them."""
    today = riyadh_day(now)
    since = today - timedelta(days=min(max(days, 1), MOST_DAYS) - 1)
    begins, ends = day_begins(since), end_of_day(today)
    async with snapshot() as session:
        in_hand = await count_in_hand(session, now=now, today_ends=ends)
        aside = await count_put_aside(session, now=now)
        decided = await count_decided(session, since=begins)
        medians = await median_minutes(session, since=begins)
        due = await count_due_reviews(session, now=now, today_ends=ends, week_ends=ends)
        names = await active_officers(session)
    by_officer, by_kind = Counter[str](), Counter[str]()
    for each in decided:
        by_officer[each.officer] += each.number
        by_kind[each.kind] += each.number
    has = {one.officer: one for one in in_hand}
    waits = {one.kind: InHand("", one.waiting, one.today, one.late) for one in due}
    officers = {one.officer: one.minutes for one in medians if one.officer is not None}
    kinds = {one.kind: one.minutes for one in medians if one.kind is not None}
    return Workload(
        officers=[
            _load(name, has.get(name), aside.get(name, 0), by_officer[name], officers.get(name))
            for name in sorted({*names, *has, *aside, *by_officer})
        ],
        kinds=[_load(kind, waits.get(kind), 0, by_kind[kind], kinds.get(kind)) for kind in Kind],
        since=since,
    )


def _load(
    name: str, has: InHand | None, put_aside: int, decided: int, minutes: float | None
) -> Load:
    return Load(
        name=name,
        open=has.open if has else 0,
        today=has.today if has else 0,
        late=has.late if has else 0,
        put_aside=put_aside,
        decided=decided,
        median_minutes=minutes,
    )
