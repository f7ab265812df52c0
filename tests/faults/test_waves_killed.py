"""Workers are killed (``kill -9``) while they carry a wave, at its boundaries and at any point.

Nothing is lost, nothing is done twice: each dies with a chunk in its hands, and the next one goes
on. Then a healthy worker carries what is left.
"""

import asyncio
import json
import os
import random
import sys
from collections import Counter
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from sqlmodel import col, func, select

from desk.clock import utc_now
from models.database import close_engine, transaction
from models.letters import Letter
from models.requests import Request, RequestEvent
from models.run_states import RunState
from models.waves import Wave, WaveEnding
from rules.requests.letter_status import LetterStatus
from rules.requests.reference_number import parse_reference
from rules.requests.statuses import Status
from stack.local import POOL
from support.faults import Parts, until
from support.policies import changed_policy
from support.waves import rows, submitted

BOUNDARIES = (
    ("tasks.runs.waves.forming:make_wave_run", "before"),
    ("tasks.runs.waves.forming:make_wave_run", "after"),
    ("flows.wave:begin_wave", "before"),
    ("flows.wave:begin_wave", "after"),
    ("flows.wave:take_chunk", "after"),
    ("flows.wave:take_step", "before"),
    ("tasks.steps.reference:next_numbers", "after"),
    ("tasks.waves.members:_as_they_stand", "before"),
    ("flows.wave:leave_chunk", "before"),
    ("flows.wave:leave_chunk", "after"),
)
#: As many as a longer trial by hand wants: rows of the crowd, and deaths at any point in it.
ROWS = int(os.environ.get("MUMARIS_TEST_WAVE_ROWS", "120"))
DEATHS = int(os.environ.get("MUMARIS_TEST_WAVE_DEATHS", "4"))
#: All deaths and the recovery from them happen before the first test.
pytestmark = [pytest.mark.timeout(1800), pytest.mark.asyncio(loop_scope="module")]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def carried(parts_of_all: Parts) -> AsyncIterator[tuple[list[str], list[int]]]:
    """The codes of a crowd that was carried in spite of all; the dead workers' exit codes."""
    with pytest.MonkeyPatch.context() as patch:
        folder = parts_of_all.folder / "waves"
        folder.mkdir()
        in_waves = changed_policy(folder, ("from_requests = 1000000", "from_requests = 2"))
        for name, value in parts_of_all.environment().items():
            patch.setenv(name, value)
        patch.setenv("MUMARIS_POLICY", str(in_waves))
        codes = await submitted(ROWS, at=utc_now())
        exit_codes = await killed(parts_of_all)
        with parts_of_all.worker(MUMARIS_POLICY=str(in_waves)):
            await until(all_wait, "everybody waits, and all e-mails are sent", within=600)
        yield codes, exit_codes
        await close_engine()


async def killed(parts: Parts) -> list[int]:
    """Have a worker die at each boundary, and some more at any point; their exit codes."""
    points = random.Random(7)  # noqa: S311 - the same points each time
    orders: list[dict[str, Any]] = [
        {"target": target, "when": when} for target, when in BOUNDARIES
    ] + [{"seconds": points.uniform(0.05, 1.0)} for _ in range(DEATHS)]
    for number, order in enumerate(orders):
        order |= {"pool": POOL, "log": str(parts.folder / f"dying-wave-{number}.log")}
    paper, answer = parts.folder / "wave-orders.json", parts.folder / "wave-deaths.json"
    paper.write_text(json.dumps(orders))
    child = parts.child(
        "dying-waves",
        [sys.executable, "-m", "support.dying_wave", str(paper), str(answer)],
        MUMARIS_POLICY=os.environ["MUMARIS_POLICY"],
    )
    child.start()
    try:
        await asyncio.to_thread(child.wait_until_done, within=1200)
    finally:
        await asyncio.to_thread(child.stop)
    deaths: list[int] = json.loads(answer.read_text())
    return deaths


async def all_wait() -> bool:
    """Whether everybody waits for a link to be used, and no letter is owed."""
    async with transaction() as session:
        open_ = select(func.count()).where(
            col(Request.run_state) != RunState.WAITING,
            col(Request.run_state) != RunState.SETTLED,
        )
        owed = select(func.count()).where(col(Letter.status) == LetterStatus.QUEUED)
        return [(await session.exec(query)).one() for query in (open_, owed)] == [0, 0]


async def test_every_worker_died_there(carried: tuple[list[str], list[int]]) -> None:
    """By SIGKILL."""
    _, exit_codes = carried

    assert exit_codes == [-9] * (len(BOUNDARIES) + DEATHS)


async def test_everybody_was_carried_once(carried: tuple[list[str], list[int]]) -> None:
    """Each history tells every step once, in order."""
    codes, _ = carried

    found = await rows(codes)

    assert {row.status for row in found} == {Status.AWAITING_ACTIVATION}
    async with transaction() as session:
        query = (
            select(RequestEvent.request_id, RequestEvent.what)
            .where(col(RequestEvent.request_id).in_([row.id for row in found]))
            .order_by(col(RequestEvent.id))
        )
        told: dict[Any, list[str]] = {}
        for request_id, what in (await session.exec(query)).all():
            told.setdefault(request_id, []).append(what)
    restarts = "run_restarted"  # of one that was left over, and had a run of its own
    assert {tuple(what for what in each if what != restarts) for each in told.values()} == {
        (Status.SUBMITTED, Status.APPROVED, "reference_issued", Status.AWAITING_ACTIVATION)
    }


async def test_references_have_no_gap(carried: tuple[list[str], list[int]]) -> None:
    """A block of numbers that died with its worker was given again."""
    codes, _ = carried

    numbers = sorted(
        parse_reference(str(row.reference_number)).sequence for row in await rows(codes)
    )

    assert numbers == list(range(numbers[0], numbers[0] + len(codes)))


async def test_each_letter_arrived_and_again_only_under_its_message_id(
    carried: tuple[list[str], list[int]], parts_of_all: Parts
) -> None:
    """Twice only where its worker died before it could say that the server had it."""
    codes, _ = carried
    ids = [row.id for row in await rows(codes)]
    async with transaction() as session:
        query = select(Letter).where(col(Letter.request_id).in_(ids))
        letters = list((await session.exec(query)).all())

    arrived = Counter(
        letter.message_id for code in codes for letter in parts_of_all.post.letters(code)
    )

    assert Counter(letter.letter for letter in letters) == {
        "received": len(codes),
        "activation": len(codes),
    }
    assert {letter.status for letter in letters} == {LetterStatus.SENT}
    assert arrived.keys() == {f"<{letter.id}@localhost>" for letter in letters}


async def test_no_wave_is_left_open(carried: tuple[list[str], list[int]]) -> None:
    """Those whose worker died are lost, and the last one has carried all that was left."""
    codes, _ = carried
    first = min(row.submitted_at for row in await rows(codes))
    async with transaction() as session:
        query = select(Wave.ending).where(col(Wave.made_at) >= first)
        endings = (await session.exec(query)).all()

    assert set(endings) == {WaveEnding.LOST, WaveEnding.CARRIED}
