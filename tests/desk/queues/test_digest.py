"""The morning's digest: to whom, when, and with which numbers."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from desk.accounts.managing import make_officer
from desk.clock import end_of_day
from desk.queues.digest import owe_digests
from desk.queues.taking import hold
from desk.requests.claims import claim
from models.absences import Absence
from models.database import transaction
from models.desk_letters import accounts_without
from models.queues import MOST_COUNTED
from rules.accounts.kinds import REVIEWING, Role
from rules.values.dates import riyadh_day
from support.desk_letters import owed, row_of, rows_of, told, with_address
from support.faults import set_row
from support.people import register_applicant, register_people, specialty_change
from support.policies import policy_with
from support.requests import NOW, request_at_gate
from support.staff import has_left

#: A Tuesday, seven in the morning in Riyadh, after the requests of `NOW` came.
MORNING = datetime(2026, 11, 24, 4, tzinfo=UTC)
LETTER = "desk_digest"
NUMBERS = ("mine", "to_take", "second_officer", "late", "due_today")
NAMELESS = ("applicant_name_ar", "applicant_name_en", "language")


@pytest.fixture(autouse=True)
async def people(database: str) -> None:
    await register_people()


async def owe(now: datetime = MORNING) -> int:
    """As the sweep does."""
    return await owe_digests(now=now, limit=100)


async def at_gate(due_at: datetime) -> str:
    """One more request, due then; its code."""
    number = (await register_applicant()).registration_number
    wish = specialty_change(NOW.date(), registration_number=number, idempotency_key=number)
    code = await request_at_gate(wish)
    await set_row(code, review_due_at=due_at)
    return code


async def test_each_officer_is_owed_one_a_morning() -> None:
    """However often it is asked, in however many places; and one on the next day."""
    await with_address("amal", "basim")

    both = await asyncio.gather(owe(), owe(MORNING + timedelta(seconds=1)))
    again = await owe(MORNING + timedelta(hours=4))
    next_day = await owe(MORNING + timedelta(days=1))

    assert (max(both), again, next_day) == (2, 0, 2)
    assert await told(LETTER) == ["amal", "basim"] * 2


@pytest.mark.parametrize(
    "now",
    [
        MORNING - timedelta(seconds=1),
        MORNING + timedelta(hours=5),
        MORNING + timedelta(days=3),
    ],
    ids=["too early", "noon", "Friday"],
)
async def test_nothing_is_owed_at_other_times(now: datetime) -> None:
    """A morning without a worker is not made up for."""
    await with_address("amal")

    assert await owe(now) == 0
    assert await told(LETTER) == []


async def test_its_numbers_are_those_of_the_queues() -> None:
    """What is due today is counted once, and not what is late."""
    await with_address("amal", "basim")
    today_ends = end_of_day(riyadh_day(MORNING))
    mine, second = await at_gate(today_ends), await at_gate(today_ends + timedelta(seconds=1))
    await at_gate(MORNING)
    put_aside = await at_gate(MORNING + timedelta(days=3))
    await set_row(second, approvals_needed=2)
    await claim(mine, "amal", now=MORNING)
    await hold(put_aside, "basim", "Waits", riyadh_day(MORNING) + timedelta(days=1), now=MORNING)

    await owe()

    facts = [row.facts for row in await rows_of(LETTER)]
    numbers = [{name: facts_of[name] for name in NUMBERS} for facts_of in facts]
    common = {"to_take": "2", "second_officer": "0", "late": "1", "due_today": "1"}
    assert numbers == [{"mine": "1", **common}, {"mine": "0", **common}]
    assert facts[0]["as_of"] == "2026-11-24T04:00:00Z"


async def test_it_names_nobody_and_no_case() -> None:
    """Numbers, and the instant at which they were counted."""
    await with_address("amal")
    await at_gate(MORNING)

    await owe()

    facts = (await row_of(LETTER)).facts
    assert facts.keys() == {*NUMBERS, *NAMELESS, "as_of"}
    assert (facts["applicant_name_ar"], facts["applicant_name_en"]) == ("", "")


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.AUDITOR])
async def test_who_decides_nothing_is_owed_nothing(role: Role) -> None:
    """The queues are not theirs to open."""
    await with_address("amal", role=role)
    await with_address("basim", role=Role.SUPERVISOR)

    assert await owe() == 1
    assert await told(LETTER) == ["basim"]


async def test_without_an_address_or_a_place_at_the_desk_nothing_is_owed() -> None:
    """Somebody who has left, and somebody who signs in by a provider alone."""
    await with_address("amal")
    await has_left("amal")
    await make_officer("basim", [Role.OFFICER], now=NOW)

    assert await owe() == 0
    async with transaction() as session:
        asked = {"roles": REVIEWING, "limit": 100}
        assert await accounts_without(session, LETTER, riyadh_day(MORNING), **asked) == []


@pytest.mark.parametrize(
    ("first", "last", "told_of"),
    [(0, 0, []), (-3, 3, []), (-3, -1, ["amal"]), (1, 3, ["amal"])],
)
async def test_who_is_away_that_day_is_owed_nothing(
    first: int, last: int, told_of: list[str]
) -> None:
    """The first and the last day count; somebody who is back gets it again."""
    await with_address("amal")
    today = riyadh_day(MORNING)
    away = {"first_day": today + timedelta(first), "last_day": today + timedelta(last)}
    async with transaction() as session:
        session.add(Absence(officer="amal", said_by="amal", said_at=NOW, **away))

    await owe()

    assert await told(LETTER) == told_of


async def test_a_batch_leaves_the_rest_to_the_next_pass() -> None:
    """Nobody waits for another morning."""
    await with_address("amal", "basim")

    passes = [await owe_digests(now=MORNING, limit=1) for _ in range(3)]

    assert passes == [1, 1, 0]
    assert sorted(await told(LETTER)) == ["amal", "basim"]


async def test_policy_says_whether_and_when(tmp_path: Path) -> None:
    """None at all; or at another hour."""
    await with_address("amal")

    with policy_with(tmp_path, ("\ndigest = true", "\ndigest = false")):
        off = await owe()
    with policy_with(tmp_path, ("digest_hour = 7", "digest_hour = 9")):
        early, late = await owe(MORNING), await owe(MORNING + timedelta(hours=2))

    assert (off, early, late) == (0, 0, 1)
    assert await owed(LETTER) == [("amal", MORNING + timedelta(hours=2))]


async def test_many_are_said_as_the_desk_says_them(monkeypatch: pytest.MonkeyPatch) -> None:
    """A thousand and more: nobody counts further."""
    await with_address("amal")
    monkeypatch.setattr("models.queues.MOST_COUNTED", 1)
    monkeypatch.setattr("desk.queues.digest.MOST_COUNTED", 1)
    for _ in range(3):
        await at_gate(MORNING + timedelta(days=3))

    await owe()

    assert MOST_COUNTED == 1_000
    assert (await row_of(LETTER)).facts["to_take"] == "1+"
