"""An officer's way through a queue: the next request, passed on, put aside."""

from datetime import date, datetime, timedelta

from sqlmodel.ext.asyncio.session import AsyncSession

from desk.clock import day_begins
from desk.policy import current_policy
from desk.requests.at_the_gate import (
    at_the_gate,
    end_claim_that_is_over,
    refuse_anothers,
    refuse_away,
)
from desk.requests.claims import hold_claim
from desk.requests.reasons import said_reason
from models.database import transaction
from models.door import Actor, record, ring
from models.officers import Officer, find_officer
from models.queues import ALL_OF_IT, Narrowed, claimed_since, lock_next
from models.requests import Request
from models.review_desk import note_skip, put_aside
from rules.errors import Refused
from rules.requests.events import EventName
from rules.requests.queues import Queue
from rules.requests.statuses import ActorKind
from rules.values.dates import riyadh_day


class NotADayToComeBack(Refused):
    """What is put aside comes back on a later day, and not later than policy says."""

    def __init__(self, last: date) -> None:
        super().__init__(f"choose a day after today, and not after {last}")
        self.last = last


#: Nothing of these may be given to anybody: who looks at one works through all queues.
_GIVE_NOTHING = frozenset({Queue.MINE, Queue.HELD})


async def next_request(
    officer: str,
    narrowed: Narrowed = ALL_OF_IT,
    *,
    now: datetime,
    queue: Queue = Queue.ALL,
    shown_at: datetime | None = None,
) -> str | None:
    """Claim the most urgent request that this officer may be given; its tracking code.

    One of this queue, narrowed as its list is; of *mine* and *put aside* nothing may be given, and
    any queue's is. None where nothing waits for them. Of many who ask at a time each gets another
    one. ``shown_at`` is when the page was shown whose button was pressed: what this officer was
    given since then is answered again, so that pressed twice, also at once, it is one request.
    Raises `OfficerUnknown` and `OfficerAway`.
    """
    async with transaction() as session:
        found = await find_officer(session, officer, lock=True)
        await refuse_away(session, found, now=now)
        if shown_at is not None:
            given = await claimed_since(session, found, shown_at, now=now)
            if given is not None:
                return given
        request = await lock_next(
            session,
            found,
            narrowed,
            now=now,
            today=riyadh_day(now),
            queue=Queue.ALL if queue in _GIVE_NOTHING else queue,
        )
        if request is None:
            return None
        await end_claim_that_is_over(session, request, now=now)
        await hold_claim(session, request, found, now=now)
        return request.tracking_code


async def skip(tracking_code: str, officer: str, reason: str, *, now: datetime) -> None:
    """Pass the request on: *Next* does not bring it back to this officer on the same day.

    Repeated, it is the same. Raises as `desk.requests.reasons.said_reason` and as
    `desk.requests.claims.claim`.
    """
    said = said_reason(reason)
    async with transaction() as session:
        request, found = await _mine(session, tracking_code, officer, now=now)
        day = riyadh_day(now)
        await note_skip(session, request, found.user_name, day=day, reason=said, now=now)
        await _leave(session, request, found, EventName.SKIPPED, now=now)


async def hold(
    tracking_code: str, officer: str, reason: str, until: date, *, now: datetime
) -> None:
    """Put the request aside until the morning of that day (Riyadh); it stays due when it was.

    Again, with another day or reason, it counts as said last. A decision, a claim and a new round
    end it. Raises `NotADayToComeBack`, and as `skip`.
    """
    said = said_reason(reason)
    last = riyadh_day(now) + timedelta(days=current_policy().review.put_aside_days)
    if not riyadh_day(now) < until <= last:
        raise NotADayToComeBack(last)
    async with transaction() as session:
        request, found = await _mine(session, tracking_code, officer, now=now)
        morning = day_begins(until)
        await put_aside(session, request, found.user_name, reason=said, until=morning, now=now)
        await _leave(session, request, found, EventName.PUT_ASIDE, now=now)


async def _mine(
    session: AsyncSession, tracking_code: str, officer: str, *, now: datetime
) -> tuple[Request, Officer]:
    request, found = await at_the_gate(session, tracking_code, officer, now=now)
    refuse_anothers(request, found)
    return request, found


async def _leave(
    session: AsyncSession, request: Request, officer: Officer, what: EventName, *, now: datetime
) -> None:
    request.end_claim()
    by = Actor(ActorKind.OFFICER, officer.user_name)
    record(session, request, what, by=by, now=now)
    await ring(session)
