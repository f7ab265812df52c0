"""The sweep, without and with Prefect: it repairs, acts on what is due once, and costs nothing."""

import asyncio
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import ArtifactFilter, ArtifactFilterKey
from prefect.exceptions import ObjectNotFound
from prefect.settings import PREFECT_API_URL, temporary_settings
from prefect.states import Scheduled
from sqlmodel import col, select

import models.door
import tasks.runs.sweeping
from desk.clock import utc_now
from desk.operations.acts import restart_run
from desk.policy import current_policy
from desk.requests.landing import put_down
from desk.requests.review import Ruling
from desk.requests.timeline import WORDS
from desk.requests.waiting import load_request
from flows.sweep import Sweep
from models.database import transaction
from models.door import Actor, change_status
from models.letters import Letter
from models.requests import Request, find_request, history
from models.run_states import RunState
from rules.requests.events import EventName
from rules.requests.statuses import ActorKind, Status
from rules.requests.verdicts import Origin, Verdict
from stack.processes import Child
from support.faults import (
    Parts,
    all_end_activated,
    approve,
    people_act,
    set_row,
    stands_at,
    submit_specialty,
    until,
    waits,
)
from support.operating import an_operator
from support.requests import NOW
from support.smtp import SmtpRecorder
from support.statements import statements
from support.ticks import all_ticked
from tasks.deadlines import act_on_deadlines
from tasks.letter_delivery import deliver_letters
from tasks.runs.in_prefect import make_run
from tasks.runs.progress import show_progress

POLICY = current_policy()
LINK_LIFE = timedelta(hours=POLICY.activation.link_lifetime_hours)
CLOSES_AFTER = timedelta(days=30)
#: Received, activation, activated.
LETTERS = 3


@pytest.fixture
async def at_gate(database: str) -> str:
    """The code of a request that waits for an officer, in an empty database."""
    return (await submitted_at_gate()).tracking_code


async def submitted_at_gate() -> Request:
    """A new applicant's request at the gate, without a run."""
    request = await submit_specialty("sweep")
    async with transaction() as session:
        row = await session.get_one(Request, request.id)
        row.status, row.review_due_at = Status.UNDER_REVIEW, NOW
        return row


async def words(tracking_code: str) -> list[str]:
    """What the history of this request says."""
    async with transaction() as session:
        query = select(Request.id).where(col(Request.tracking_code) == tracking_code)
        events = await history(session, (await session.exec(query)).one())
    return [each.what for each in events]


async def letters(name: str) -> int:
    """How many letters of this name are owed or sent."""
    async with transaction() as session:
        query = select(Letter.id).where(col(Letter.letter) == name)
        return len((await session.exec(query)).all())


async def thrice(at: datetime) -> list[int]:
    """Act on what is due: three passes, two of them at once; how much each found."""
    both = await asyncio.gather(act_on_deadlines(now=at), act_on_deadlines(now=at))
    return [sum(both), await act_on_deadlines(now=at + timedelta(seconds=5))]


async def test_an_unused_link_is_reminded_of_once(awaiting: str) -> None:
    """So many hours before it expires, with a new link; never again for this request."""
    hours = timedelta(hours=POLICY.activation.reminder_before_hours)
    too_early = await act_on_deadlines(now=NOW + LINK_LIFE - hours - timedelta(minutes=1))

    found = await thrice(NOW + LINK_LIFE - hours)

    assert (too_early, found) == (0, [1, 0])
    assert (await words(awaiting)).count("link_reminded") == 1
    assert await letters("activation") == 2


async def test_an_expired_link_is_told_of_once(awaiting: str) -> None:
    """And not reminded of, too late; the request stays open: a new link can be asked for."""
    found = await thrice(NOW + LINK_LIFE)

    assert found == [1, 0]
    assert (await words(awaiting)).count("link_expired") == 1
    assert (await letters("link_expired"), await letters("activation")) == (1, 1)
    await stands_at(awaiting, Status.AWAITING_ACTIVATION)


async def test_a_request_that_nobody_activates_expires_once(awaiting: str) -> None:
    """After all its links."""
    await act_on_deadlines(now=NOW + CLOSES_AFTER - timedelta(minutes=1))
    assert Status.EXPIRED not in await words(awaiting)

    await thrice(NOW + CLOSES_AFTER)

    await stands_at(awaiting, Status.EXPIRED)
    assert (await words(awaiting)).count(Status.EXPIRED) == 1
    assert await letters("expired") == 1


async def test_a_returned_request_that_nobody_corrects_expires_once(at_gate: str) -> None:
    """At its last day's end."""
    await set_row(at_gate, status=Status.RETURNED, closes_at=NOW + CLOSES_AFTER)

    found = await thrice(NOW + CLOSES_AFTER)

    assert found == [1, 0]
    await stands_at(at_gate, Status.EXPIRED)
    assert await letters("expired") == 1


async def test_a_late_review_is_escalated_once(at_gate: str) -> None:
    """Working days after it was due, not on the day; then it is known to be late."""
    on_the_day = await act_on_deadlines(now=NOW + timedelta(hours=1))
    before = await words(at_gate)

    found = await thrice(NOW + timedelta(days=7))

    assert (on_the_day, found) == (1, [1, 0])
    assert "review_escalated" not in before
    assert (await words(at_gate)).count("review_escalated") == 1


async def test_an_idle_pass_makes_no_run_and_asks_no_more_for_more_requests(
    mail_server: SmtpRecorder, parts_of_all: Parts
) -> None:
    """Requests that wait for people cost the same as none; a second pass looks at less."""
    with temporary_settings({PREFECT_API_URL: parts_of_all.prefect.api_url}):
        async with get_client() as client:
            await wait_at_the_gate(1)
            runs = await client.count_flow_runs()
            few, _ = await asked_by_two_passes()
            await wait_at_the_gate(30)
            many, quick = await asked_by_two_passes()
            assert await client.count_flow_runs() == runs

    assert many < few + 30
    assert quick < many / 2


async def wait_at_the_gate(count: int) -> None:
    """So many requests more wait for an officer; their e-mails are sent."""
    for _ in range(count):
        waiting = await submitted_at_gate()
        await set_row(
            waiting.tracking_code,
            run_state=RunState.WAITING,
            waits_in=Status.UNDER_REVIEW,
            review_due_at=utc_now() + timedelta(days=1),
        )
    await deliver_letters(now=utc_now())


async def asked_by_two_passes() -> tuple[int, int]:
    """The statements of a new sweep's first pass, and of the one right after it."""
    sweep = Sweep()
    with statements() as said:
        await sweep.one_pass(utc_now())
        first = len(said)
        await sweep.one_pass(utc_now())
    return first, len(said) - first


async def test_a_decision_that_came_meanwhile_is_shown_as_such(
    at_gate: str, parts_of_all: Parts
) -> None:
    """A run that has read its row before tells no stage, and leaves nothing out, that is over."""
    stale = await load_request(at_gate)
    async with transaction() as session:
        row = await find_request(session, at_gate, lock=True)
        amal = Actor(ActorKind.OFFICER, "amal")
        await change_status(session, row, Status.RETURNED, by=amal, now=utc_now())

    with temporary_settings({PREFECT_API_URL: parts_of_all.prefect.api_url}):
        async with get_client() as client:
            run = await make_run(client, stale)
            await show_progress(
                stale, run, waits_for="It waits for one officer.", with_timeline=False
            )
            shown = await client.read_flow_run(run)
            key = ArtifactFilterKey(any_=[f"request-{at_gate.lower()}"])
            timelines = await client.read_artifacts(artifact_filter=ArtifactFilter(key=key))

    assert "stage:returned" in shown.tags
    assert [WORDS[EventName.RETURNED] in str(each.data) for each in timelines] == [True]
    assert "waits for one officer" not in str(timelines[0].data)


@pytest.fixture(scope="module")
def worker(parts_of_all: Parts) -> Iterator[Child]:
    """A worker for the tests below."""
    with parts_of_all.worker() as child:
        yield child


async def test_a_run_that_an_operator_restarts_is_another_one(parts: Parts, worker: Child) -> None:
    """It waits where the one before did, which is ended."""
    before = await waits(await submit_specialty("restarted"))
    run = before.flow_run_id
    assert run is not None

    await restart_run(before.tracking_code, await an_operator(), now=utc_now())

    async def another_waits() -> bool:
        row = await load_request(before.tracking_code)
        return row.flow_run_id not in {None, run} and row.run_state == RunState.WAITING

    await until(another_waits, "another run waits")
    async with get_client() as client:
        replaced = await client.read_flow_run(run)
    assert replaced.state is not None
    assert replaced.state.is_final()


async def test_a_run_whose_doorbell_was_lost_is_woken(
    parts: Parts, worker: Child, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody hears that it was submitted or decided; the next pass sees it."""
    monkeypatch.setattr(models.door, "ring", _silence)
    request = await submit_specialty("silent")
    await stands_at(request.tracking_code, Status.UNDER_REVIEW, within=15)

    await approve(request.tracking_code)

    await stands_at(request.tracking_code, Status.AWAITING_ACTIVATION, within=15)
    await people_act(parts.post, request.tracking_code)
    assert await parts.window.outcome_of(request.tracking_code) == "Activated"


async def test_a_run_that_is_run_again_after_its_end_ends_as_it_had_ended(
    parts: Parts, worker: Child
) -> None:
    """A worker whose look was too old takes it once more: the row knows that nothing is left."""
    request = await submit_specialty("again")
    await people_act(parts.post, request.tracking_code)
    await all_end_activated(parts, request.tracking_code)
    told = await words(request.tracking_code)
    run = (await load_request(request.tracking_code)).flow_run_id
    assert run is not None

    async with get_client() as client:
        await client.set_flow_run_state(run, Scheduled(), force=True)

        async def ended_again() -> bool:
            states = await client.read_flow_run_states(run)
            return [state.name for state in states].count("Activated") > 1

        await until(ended_again, "it has ended once more")
    await all_end_activated(parts, request.tracking_code)

    assert await words(request.tracking_code) == told
    assert len(parts.post.letters(request.tracking_code)) == LETTERS


async def test_the_gate_is_told_by_the_state_and_what_follows_by_the_timeline(
    parts: Parts, worker: Child
) -> None:
    """One artifact, of all that has happened, once there is more to tell than that it waits."""
    request = await waits(await submit_specialty("told"))
    code, key = request.tracking_code, f"request-{request.tracking_code.lower()}"
    state = (await parts.window.run(code))["state"]
    by_key = ArtifactFilter(key=ArtifactFilterKey(any_=[key]))
    async with get_client() as client:
        assert await client.read_artifacts(artifact_filter=by_key) == []

    await approve(code)
    await stands_at(code, Status.AWAITING_ACTIVATION)
    await waits(request)

    assert f"Profile update {code} waits for one officer." in state["message"]
    assert "Resume decides nothing" in state["message"]
    told = [EventName.SUBMITTED, EventName.UNDER_REVIEW, EventName.APPROVED]
    timeline = await parts.window.timeline(code, saying=f"| {WORDS[told[-1]]} |")
    assert [what for what in told if f"| {WORDS[what]} |" in timeline] == told


async def _silence(*_: object) -> None:
    """No doorbell."""


async def test_a_decision_that_waited_is_landed_by_the_worker(parts: Parts, worker: Child) -> None:
    """Whoever made it is away; the request's run goes on."""
    request = await waiting_at_gate()
    ruling = Ruling(verdict=Verdict.APPROVE, officer="amal", origin=Origin.DESK_PAGE)
    before = utc_now() - timedelta(seconds=POLICY.review.take_back_seconds)
    await all_ticked(request.tracking_code, "amal")

    await put_down(request.tracking_code, ruling, now=before)

    await stands_at(request.tracking_code, Status.AWAITING_ACTIVATION, within=15)


async def test_a_run_that_prefect_has_lost_is_made_anew(parts: Parts, worker: Child) -> None:
    """Deleted in the UI while the request waits: a second run carries it to its end."""
    request = await waiting_at_gate()
    async with get_client() as client:
        await client.delete_flow_run(run_of(request))

    await people_act(parts.post, request.tracking_code)

    assert await parts.window.outcome_of(request.tracking_code) == "Activated"
    async with transaction() as session:
        assert (await session.get_one(Request, request.id)).run_generation == 2


async def waiting_at_gate() -> Request:
    """A request whose run is suspended at the gate."""
    return await waits(await submit_specialty("waiting"))


def run_of(request: Request) -> Any:
    """The id of the request's run."""
    assert request.flow_run_id is not None
    return request.flow_run_id


async def test_a_request_that_prefect_refuses_does_not_stop_the_others(
    parts: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its kind is not deployed, say; the one behind it gets its run."""
    refused, other = await submit_specialty("refused"), await submit_specialty("other")

    async def make_some(client: Any, request: Request) -> Any:
        if request.id == refused.id:
            raise ObjectNotFound(LookupError())
        return await make_run(client, request)

    monkeypatch.setattr(tasks.runs.sweeping, "make_run", make_some)
    async with get_client() as client:
        await tasks.runs.sweeping.move_runs(client, now=utc_now())

    async with transaction() as session:
        assert (await session.get_one(Request, other.id)).flow_run_id is not None


async def test_an_overdue_review_is_seen_in_the_ui_s_last_seven_days(
    parts: Parts, worker: Child
) -> None:
    """A run keeps the day on which it was expected for ever, so a new one waits in its place."""
    request = await waiting_at_gate()
    ended = run_of(request)
    await set_row(request.tracking_code, review_due_at=utc_now() - timedelta(days=30))

    async def another_waits() -> bool:
        row = await load_request(request.tracking_code)
        return row.run_state == RunState.WAITING and row.flow_run_id != ended

    await until(another_waits, "another run waits")
    run = await parts.window.run(request.tracking_code)
    assert "overdue" in run["tags"]
    async with get_client() as client:
        old = await client.read_flow_run(ended)
    assert old.state is not None
    assert old.state.name == "Replaced"
    assert (await load_request(request.tracking_code)).status == Status.UNDER_REVIEW
