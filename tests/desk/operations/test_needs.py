"""What needs a hand, put together once: in one order, and by number where nobody is named."""

from datetime import UTC, datetime, timedelta

from desk.operations.needs import Need, NeedCode, Sort, in_order, needs_of, sorts_of
from desk.operations.overview import overview
from models.database import transaction
from models.mail_outages import begin_outage
from support.letters import owe
from support.people import register_people
from support.requests import request_at_gate
from tasks.last_times import note_sweep

AT = datetime(2026, 11, 29, 5, tzinfo=UTC)


def test_what_stops_everything_comes_first() -> None:
    """Whoever found it, and in whatever order."""
    needs = [Need(code, "said") for code in reversed(NeedCode)]

    assert [need.code for need in in_order(needs)] == list(NeedCode)


def test_needs_of_one_code_are_one_number_since_the_oldest() -> None:
    """One that does not know since when says nothing of it."""
    needs = [
        Need(NeedCode.REQUEST_SET_ASIDE, "one", since=AT),
        Need(NeedCode.MAIL_AWAY, "none leaves", number=3),
        Need(NeedCode.REQUEST_SET_ASIDE, "another", since=AT - timedelta(hours=1), number=2),
        Need(NeedCode.REQUEST_SET_ASIDE, "a third"),
    ]

    assert sorts_of(needs) == [
        Sort(NeedCode.MAIL_AWAY, 3, None),
        Sort(NeedCode.REQUEST_SET_ASIDE, 4, AT - timedelta(hours=1)),
    ]


async def test_an_outage_is_one_need_whatever_waits_behind_it(database: str) -> None:
    """What is overdue is so because of it."""
    assert database
    await register_people()
    await request_at_gate()
    await owe()
    async with transaction() as session:
        await begin_outage(session, reason="refused", now=AT)

    codes = [need.code for need in needs_of(await overview())]

    assert NeedCode.MAIL_AWAY in codes
    assert NeedCode.LETTERS_OVERDUE not in codes


async def test_an_installation_that_has_just_begun_needs_no_hand(database: str) -> None:
    """Once somebody sweeps."""
    assert database
    before = needs_of(await overview())
    await note_sweep()

    after = needs_of(await overview())

    assert [need.code for need in before] == [NeedCode.SWEEP_STOPPED]
    assert after == []
