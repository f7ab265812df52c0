"""A worker is killed (``kill -9``) at every boundary between two effects; nothing is lost.

Every boundary has its own request and its own worker, which dies exactly there while the officer
and the applicant go on doing their part. Then one healthy worker finishes all of them. `make test`
does so with one kind of request, `make prove` with the others.
"""

import asyncio
import json
import sys
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import pytest_asyncio
from sqlmodel import col, select

from desk.requests.submission import accept
from models.cards import CardPeriod
from models.database import close_engine, transaction
from models.letters import Letter
from models.references import ReferenceCounter
from models.requests import Request, RequestEvent, history
from models.run_states import RunState
from rules.requests.letter_status import LetterStatus
from rules.requests.reference_number import parse_reference
from rules.requests.statuses import Kind, Status
from stack.local import POOL
from support.boundaries import BOUNDARIES, Boundary
from support.cards import ENOUGH_HOURS, periods, register_holder, renewal
from support.choosing import chosen
from support.faults import Parts, people_act, until
from support.newcomers import LAYLA, known_officially, registration
from support.people import Applicant, luhn_number, specialty_change

#: A kind, a boundary, and what the test calls the two.
Named = tuple[tuple[Kind, Boundary], str]
CASES = [(kind, boundary) for kind in Kind for boundary in BOUNDARIES]
NAMES = [f"{kind}-{boundary.name}" for kind, boundary in CASES]
LATER = {kind: [] if kind is Kind.PROFILE_UPDATE else [pytest.mark.prove] for kind in Kind}
DAY = datetime.now(UTC).date()
#: Soon enough to renew.
EXPIRY = DAY + timedelta(days=30)
#: All deaths and the recovery from all of them happen before the first test.
pytestmark = [pytest.mark.timeout(1800), pytest.mark.asyncio(loop_scope="module")]


@dataclass(frozen=True)
class Survivor:
    """A request whose worker died, and what has become of it."""

    applicant: Applicant
    request: Request
    exit_code: int
    events: list[RequestEvent]
    letters: list[Letter]
    run: dict[str, Any]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def survivors(
    request: pytest.FixtureRequest, parts_of_all: Parts
) -> AsyncIterator[dict[str, Survivor]]:
    """Every request, after its worker's death and the healthy worker's work."""
    cases = [case for (case,) in chosen(request, "case")]
    with pytest.MonkeyPatch.context() as patch:
        for name, value in parts_of_all.environment().items():
            patch.setenv(name, value)
        applicants = {name: await register_holder(expires_on=EXPIRY) for _, name in cases}
        requests = {name: await submitted(kind, applicants[name]) for (kind, _), name in cases}
        codes = [request.tracking_code for request in requests.values()]
        acting = asyncio.create_task(people_act(parts_of_all.post, *codes))
        exit_codes = await killed(parts_of_all, requests, cases)
        with parts_of_all.worker():
            await until(all_settled, "everything is settled", within=180)
        await acting
        yield {
            name: await survivor(parts_of_all, applicants[name], request, exit_codes[name])
            for name, request in requests.items()
        }
        await close_engine()


async def submitted(kind: Kind, applicant: Applicant) -> Request:
    """A request of this kind that goes through every step."""
    number = applicant.registration_number
    more = {"idempotency_key": f"killed-{number}", "preferred_language": "en"}
    if kind is Kind.REGISTRATION:
        # Somebody new for each; the holder who was made for it has nothing to do with them.
        person = {
            "identity_number": luhn_number(str(50_000_000 + int(number))),
            "email": f"new.{number}@example.com",
        }
        await known_officially(LAYLA | person)
        wish = registration(DAY, profile=person, **more)
    else:
        wishes = {Kind.PROFILE_UPDATE: specialty_change, Kind.CARD_RENEWAL: renewal}
        wish = wishes[kind](DAY, registration_number=number, **more)
    return await accept(kind, wish, now=datetime.now(UTC))


async def killed(parts: Parts, requests: dict[str, Request], cases: list[Named]) -> dict[str, int]:
    """Have a worker die for each request, at its boundary; the exit codes."""
    orders = [
        {
            "name": name,
            "pool": POOL,
            "log": str(parts.folder / f"dying-{name}.log"),
            "tracking_code": requests[name].tracking_code,
            "request_id": str(requests[name].id),
            "target": boundary.target,
            "when": boundary.when,
            "only": boundary.only,
        }
        for (_, boundary), name in cases
    ]
    paper, answer = parts.folder / "orders.json", parts.folder / "deaths.json"
    paper.write_text(json.dumps(orders))
    command = [sys.executable, "-m", "support.dying_worker", str(paper), str(answer)]
    child = parts.child("dying-workers", command)
    child.start()
    try:
        await asyncio.to_thread(child.wait_until_done, within=900)
    finally:
        await asyncio.to_thread(child.stop)
    deaths: dict[str, int] = json.loads(answer.read_text())
    return deaths


async def all_settled() -> bool:
    """Whether no request and no letter needs anything more."""
    async with transaction() as session:
        open_ = select(Request.id).where(col(Request.run_state) != RunState.SETTLED).limit(1)
        owed = select(Letter.id).where(col(Letter.status) == LetterStatus.QUEUED).limit(1)
        found = [(await session.exec(query)).first() for query in (open_, owed)]
    return found == [None, None]


async def survivor(
    parts: Parts, applicant: Applicant, request: Request, exit_code: int
) -> Survivor:
    """What is in the database and in Prefect in the end."""
    async with transaction() as session:
        row = await session.get_one(Request, request.id)
        events = await history(session, request.id)
        query = select(Letter).where(col(Letter.request_id) == request.id)
        letters = list((await session.exec(query)).all())
    run = await parts.window.run(request.tracking_code)
    return Survivor(applicant, row, exit_code, events, letters, run)


@pytest.fixture(
    params=[
        pytest.param((case, name), marks=LATER[case[0]])
        for case, name in zip(CASES, NAMES, strict=True)
    ],
    ids=NAMES,
)
def case(
    request: pytest.FixtureRequest, survivors: dict[str, Survivor]
) -> tuple[Boundary, Survivor]:
    """One boundary, and the request whose worker died there."""
    (_, boundary), name = request.param
    return boundary, survivors[name]


async def test_the_worker_died_there_and_the_request_is_in_force(
    case: tuple[Boundary, Survivor],
) -> None:
    """Killed by SIGKILL at the boundary; activated all the same, once."""
    _, found = case

    assert found.exit_code == -9
    assert found.request.status == Status.ACTIVATED
    assert await brought_into_force(found) == 1


async def brought_into_force(found: Survivor) -> int:
    """How often the request has changed what is in force."""
    if found.request.kind == Kind.REGISTRATION:
        async with transaction() as session:
            query = select(CardPeriod).where(col(CardPeriod.request_id) == found.request.id)
            return len((await session.exec(query)).all())
    if found.request.kind == Kind.CARD_RENEWAL:
        return len(await periods(found.applicant.registration_number)) - 1
    assert await found.applicant.cpd_hours() == ENOUGH_HOURS + 11
    return (await found.applicant.on_file()).version - 1


async def test_prefect_shows_the_outcome(case: tuple[Boundary, Survivor]) -> None:
    """The same run, restarted as often as it took, ends in the state that names the outcome."""
    _, found = case

    assert (found.run["state"]["type"], found.run["state"]["name"]) == ("COMPLETED", "Activated")
    assert found.request.run_generation == 1


async def test_its_history_tells_every_step_once(case: tuple[Boundary, Survivor]) -> None:
    """No transition twice, one reference; only the restarts themselves are told besides."""
    _, found = case

    told = [event.what for event in found.events if event.what != "run_restarted"]

    assert told == [
        Status.SUBMITTED,
        Status.UNDER_REVIEW,
        Status.APPROVED,
        "reference_issued",
        Status.AWAITING_ACTIVATION,
        Status.ACTIVATED,
    ]
    assert all(event.announced_at is not None for event in found.events)


async def test_each_letter_went_out_once_or_again_under_its_message_id(
    case: tuple[Boundary, Survivor], parts_of_all: Parts
) -> None:
    """Twice only where the server had accepted it and the row did not say so yet."""
    boundary, found = case

    arrived = Counter(
        letter.message_id for letter in parts_of_all.post.letters(found.request.tracking_code)
    )

    assert {letter.letter: letter.status for letter in found.letters} == dict.fromkeys(
        ("received", "activation", "activated"), LetterStatus.SENT
    )
    assert {letter.letter: arrived.pop(f"<{letter.id}@localhost>") for letter in found.letters} == {
        letter.letter: 2 if letter.letter == boundary.twice else 1 for letter in found.letters
    }
    assert not arrived


@pytest.mark.parametrize("kind", [pytest.param(kind, marks=LATER[kind]) for kind in Kind])
async def test_references_have_no_gap(survivors: dict[str, Survivor], kind: Kind) -> None:
    """As many numbers as requests, and the counter stands at the last."""
    mine = [found for found in survivors.values() if found.request.kind == kind]
    numbers = {parse_reference(str(found.request.reference_number)) for found in mine}
    async with transaction() as session:
        issued = (await session.exec(select(Request.reference_number))).all()
        query = select(ReferenceCounter.last).where(col(ReferenceCounter.kind) == kind)
        counters = (await session.exec(query)).all()

    assert len(numbers) == len(mine) == len(BOUNDARIES)
    assert sum(counters) == len(
        [number for number in issued if number and parse_reference(number).kind == kind]
    )
