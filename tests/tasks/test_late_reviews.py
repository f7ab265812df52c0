"""Officers are told once that what they have in hand is late, and when it is escalated."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from desk.policy import current_policy
from desk.queues.taking import hold
from desk.requests.claims import assign, claim
from desk.requests.review import Ruling, decide
from desk.requests.waiting import load_request
from models.database import transaction
from models.officers import Officer
from rules.requests.verdicts import Verdict
from rules.values.dates import riyadh_day
from support.desk_letters import owed, row_of, told, with_address
from support.faults import set_row
from support.people import register_people
from support.policies import policy_with
from support.requests import NOW, request_at_gate
from support.staff import has_left
from tasks.deadlines import act_on_deadlines, tell_of_late_reviews

LEASE = timedelta(minutes=current_policy().review.claim_minutes)
#: When the case is due, one minute after it was taken.
DUE = NOW + timedelta(minutes=1)
#: Seven working days after it came, and so two after it was due.
ESCALATED = DUE + timedelta(days=4)


@pytest.fixture(autouse=True)
async def people(database: str) -> None:
    await register_people()
    await with_address("amal", "basim")


@pytest.fixture
async def case() -> str:
    """A case that is due in a minute."""
    code = await request_at_gate()
    await set_row(code, review_due_at=DUE)
    return code


async def put_aside(code: str, officer: str) -> None:
    """For a week: until long after it is due, and was escalated."""
    await hold(code, officer, "Waits for a call", riyadh_day(NOW) + timedelta(days=7), now=NOW)


async def passes(now: datetime) -> None:
    """Two at once, and one after them."""
    await asyncio.gather(act_on_deadlines(now=now), act_on_deadlines(now=now))
    await act_on_deadlines(now=now + timedelta(seconds=5))


async def claimed(code: str) -> None:
    """Amal works on it."""
    await claim(code, "amal", now=NOW)


async def aside(code: str) -> None:
    """Amal put it aside."""
    await put_aside(code, "amal")


@pytest.mark.parametrize("in_hand", [claimed, aside])
async def test_who_has_a_case_in_hand_is_told_once_that_it_is_late(
    case: str, in_hand: Callable[[str], Awaitable[None]]
) -> None:
    """Not before; and not again by later passes, or by another process."""
    await in_hand(case)

    await passes(DUE - timedelta(seconds=10))
    before = await told("case_late")
    await passes(DUE)

    assert (before, await owed("case_late")) == ([], [("amal", DUE)])
    row = await row_of("case_late")
    assert (row.facts["tracking_code"], row.to_address) == (case, "amal@authority.example")
    assert (await load_request(case)).late_at == DUE


async def test_what_comes_back_late_is_not_told_again(case: str) -> None:
    """Put aside, told of; the week after it is taken up, put aside anew, and is no news."""
    await put_aside(case, "amal")
    await passes(DUE)
    back = NOW + timedelta(days=7)

    await claim(case, "amal", now=back)
    await hold(case, "amal", "Still waits", riyadh_day(back) + timedelta(days=2), now=back)
    await tell_of_late_reviews(now=back + timedelta(days=1))

    assert await owed("case_late") == [("amal", DUE)]


async def test_who_had_a_case_is_told_nothing(case: str) -> None:
    """The claim ran out: nobody has it in hand, and who takes it then sees that it is late."""
    await claim(case, "amal", now=NOW)

    await passes(NOW + LEASE)
    await claim(case, "basim", now=NOW + LEASE)
    await passes(NOW + LEASE + timedelta(minutes=1))

    assert await told("case_late") == []


async def test_a_case_that_moved_is_its_new_officer_s(case: str) -> None:
    """Also where the one before had put it aside."""
    await put_aside(case, "amal")
    await assign(case, "basim", by="dana", now=NOW)

    await passes(DUE)

    assert await told("case_late") == ["basim"]


async def test_an_officer_who_has_left_is_told_nothing(case: str) -> None:
    """Nor is one who decided before."""
    await put_aside(case, "amal")
    await has_left("amal")

    await passes(DUE)

    assert await told("case_late") == []


async def test_what_is_decided_is_told_to_nobody(case: str) -> None:
    """It has left the gate."""
    await claim(case, "amal", now=NOW)
    await decide(case, Ruling(verdict=Verdict.APPROVE, officer="amal"), now=NOW)

    await passes(DUE)

    assert (await told("case_late"), (await load_request(case)).late_at) == ([], None)


async def test_who_has_it_in_hand_is_told_when_it_is_escalated(case: str) -> None:
    """Once more, and no more."""
    await put_aside(case, "amal")
    await passes(DUE)

    await passes(ESCALATED)

    assert await owed("case_late") == [("amal", DUE)]
    assert await owed("case_escalated") == [("amal", ESCALATED)]


async def test_a_worker_that_was_away_tells_the_worse_of_the_two(case: str) -> None:
    """Not both at once."""
    await put_aside(case, "amal")

    await passes(ESCALATED)

    assert (await told("case_late"), await told("case_escalated")) == ([], ["amal"])


async def test_a_new_round_is_late_anew(case: str) -> None:
    """Its officer sees the case again, and has the time that policy gives."""
    await put_aside(case, "amal")
    await passes(DUE)
    await set_row(case, late_at=None, round=2)
    await claim(case, "amal", now=DUE)

    await passes(DUE + timedelta(minutes=1))

    assert await told("case_late") == ["amal", "amal"]


@pytest.mark.parametrize(
    ("key", "letter", "other"),
    [("late", "case_late", "case_escalated"), ("escalated", "case_escalated", "case_late")],
)
async def test_policy_switches_each_off(
    case: str, tmp_path: Path, key: str, letter: str, other: str
) -> None:
    """The other one leaves all the same."""
    await put_aside(case, "amal")

    with policy_with(tmp_path, (f"\n{key} = true", f"\n{key} = false")):
        await passes(ESCALATED)

    assert (await told(letter), await told(other)) == ([], ["amal"])


async def test_killed_between_owes_both_or_nothing(
    case: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The mark and the e-mail are one transaction: the next pass does what did not end."""
    # Where no server is named, Prefect would start one to tell of it.
    monkeypatch.setattr("tasks.runs.setting_aside.emit_event", lambda **_: None)
    await put_aside(case, "amal")

    async def dies(*_: object, **__: object) -> None:
        raise RuntimeError

    with monkeypatch.context() as patched:
        patched.setattr("tasks.deadlines.queue_late", dies)
        await tell_of_late_reviews(now=DUE)
    assert (await load_request(case)).late_at is None
    await tell_of_late_reviews(now=DUE + timedelta(hours=1))

    assert await told("case_late") == ["amal"]


async def test_an_officer_without_an_account_is_told_nothing(case: str) -> None:
    """And the case is known to be late."""
    async with transaction() as session:
        session.add(Officer(user_name="dana"))
    await put_aside(case, "dana")

    await passes(DUE)

    assert (await told("case_late"), (await load_request(case)).late_at) == ([], DUE)
