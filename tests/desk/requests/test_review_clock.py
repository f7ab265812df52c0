"""Until when a correction is to be decided, from the gate to the case."""

from datetime import datetime, timedelta

import pytest

from desk.cases.case import read_case
from desk.clock import end_of_day
from desk.looks import Looker
from desk.queues.taking import hold
from desk.requests.claims import claim
from desk.requests.review_clock import DaysUsed
from desk.requests.submission import resubmit
from desk.requests.waiting import load_request
from rules.requests.statuses import Status
from rules.values.dates import riyadh_day
from support.people import register_people, specialty_change
from support.requests import NOW, request_at_gate, returned
from tasks.steps import validation

#: NOW is a Monday.
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
async def people(database: str) -> None:
    await register_people()


class Gate:
    """The gate, to which requests come when a test says so."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._monkeypatch = monkeypatch

    async def submitted(self, *, now: datetime) -> str:
        """A request that comes to it then."""
        self._monkeypatch.setattr(validation, "utc_now", lambda: now)
        return await request_at_gate()

    async def corrected(self, code: str, *, now: datetime) -> None:
        """The applicant's correction comes to it then."""
        self._monkeypatch.setattr(validation, "utc_now", lambda: now)
        await resubmit(code, specialty_change(NOW.date()), now=now)
        await validation.validate.task.fn(code)


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Gate:
    return Gate(monkeypatch)


async def due_after(code: str, start: datetime) -> timedelta:
    """How many days after that day it is due."""
    due_at = (await load_request(code)).review_due_at
    assert due_at is not None
    return due_at - end_of_day(riyadh_day(start))


async def test_a_correction_goes_on_with_the_days_that_were_left(gate: Gate) -> None:
    """Monday to Wednesday are two of five; a fortnight later three are left, over no weekend."""
    code = await gate.submitted(now=NOW)
    first = await due_after(code, NOW)
    await returned(code, at=NOW + 2 * DAY)
    sunday = NOW + 13 * DAY

    await gate.corrected(code, now=sunday)

    assert first == 7 * DAY
    assert await due_after(code, sunday) == 3 * DAY


async def test_each_return_counts_and_some_days_are_left_always(gate: Gate) -> None:
    """Also where it was late when it was returned."""
    code = await gate.submitted(now=NOW)
    await returned(code, at=NOW + 2 * DAY)
    sunday, tuesday = NOW + 13 * DAY, NOW + 15 * DAY
    await gate.corrected(code, now=sunday)

    await returned(code, at=tuesday)
    await gate.corrected(code, now=tuesday)
    after_four = await due_after(code, tuesday)
    await returned(code, at=tuesday + 7 * DAY)
    await gate.corrected(code, now=tuesday + 7 * DAY)

    assert after_four == 2 * DAY
    assert await due_after(code, tuesday + 7 * DAY) == 2 * DAY


async def test_putting_a_request_aside_does_not_stop_the_clock(gate: Gate) -> None:
    """A clock that officers can stop is no promise to applicants (decision 0051)."""
    code = await gate.submitted(now=NOW)
    await claim(code, "amal", now=NOW)
    await hold(code, "amal", "asked HR", riyadh_day(NOW + 2 * DAY), now=NOW)

    await returned(code, at=NOW + 2 * DAY)
    await gate.corrected(code, now=NOW + 2 * DAY)

    assert await due_after(code, NOW) == 7 * DAY


async def test_the_case_says_what_was_used(gate: Gate) -> None:
    """Before its first return, nothing; while the applicant has it, and at the gate again."""
    code = await gate.submitted(now=NOW)
    amal = Looker.officer("amal")
    before = await read_case(code, by=amal, now=NOW)
    await returned(code, at=NOW + 2 * DAY)
    meanwhile = await read_case(code, by=amal, now=NOW + 5 * DAY)
    await gate.corrected(code, now=NOW + 6 * DAY)

    after = await read_case(code, by=amal, now=NOW + 6 * DAY)

    used = DaysUsed(used=2, allowed=5)
    assert (before.days_used, meanwhile.days_used, after.days_used) == (None, used, used)
    assert meanwhile.progress.request.status is Status.RETURNED
