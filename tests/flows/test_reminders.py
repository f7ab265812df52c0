"""The flows of reminders as operations see them, on a real Prefect server, with no deployment."""

import json
from collections.abc import AsyncIterator, Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from prefect import Flow
from prefect.client.orchestration import get_client
from prefect.client.schemas.objects import State
from prefect.states import Running
from sqlalchemy import text

from desk.clock import utc_now
from flows.card_reminders import card_reminders
from flows.profile_reminders import profile_reminders
from models.database import transaction
from models.statements import execute
from rules.policy.thresholds import Topic
from support.faults import until
from support.flow_runs import artifacts_of, name_of
from support.people import NOURA
from support.policies import policy_with
from support.reminding import Runs, card_on_file, noon, running
from support.smtp import SmtpRecorder
from tasks.reminders.planning import Plan, plan_chunk
from tasks.reminders.presence import LostReminders, _is_present, present

# Prefect leaves the sockets of its clients to the garbage collector.
pytestmark = pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")
#: A Sunday without a holiday.
DAY = date(2026, 11, 22)
ELSEWHEN = DAY + timedelta(days=217)


@pytest.fixture
async def runs(
    database: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> AsyncIterator[Runs]:
    """A mail server, named by the environment, and a policy whose letters leave at any hour."""
    async with SmtpRecorder() as smtp:
        smtp.name_in(monkeypatch)
        hours = ("send_from_hour = 7", "send_from_hour = 0"), ("_hour = 20", "_hour = 24")

        async def common_clock() -> Callable[[], datetime]:
            return running(noon(DAY))

        monkeypatch.setattr("tasks.reminders.shown.common_clock", common_clock)
        with policy_with(tmp_path, *hours):
            yield Runs(smtp)


async def run_flow(
    flow: Flow[[date | None], Any] = card_reminders, *, on: date | None = None
) -> State[Any]:
    """A run of the flow, at noon of the day."""
    state: State[Any] = await flow(on, return_state=True)
    return state


def line(threshold: str, **counts: object) -> dict[str, object]:
    """One line of the table artifact, with these counts and nothing else."""
    empty = {"due": 0, "sent": 0, "waiting": 0, "failed": "", "skipped": "", "deferred": ""}
    return {"threshold": threshold, **empty, **counts}


async def test_operations_see_what_a_run_did(runs: Runs, prefect_api: None) -> None:
    """A count in its name, a bar that has moved to its end, and a table by threshold."""
    for left in (14, 7):
        await card_on_file(DAY + timedelta(days=left))
    await card_on_file(DAY + timedelta(days=14), status="suspended")

    state = await run_flow()

    (progress,) = await artifacts_of(state, "card-reminders-progress")
    (table,) = await artifacts_of(state, "card-reminders")
    assert state.is_completed()
    assert state.message == "3 cards examined; e-mails: 2 sent"
    assert await name_of(state) == f"card-reminders {DAY}: 2 sent"
    assert float(progress.data) == 100
    assert json.loads(table.data) == [
        line("14 days left", due=2, sent=1, skipped="card_suspended 1"),
        line("7 days left", due=1, sent=1),
    ]
    assert len(runs.smtp.accepted) == 2


async def test_a_mail_server_that_is_away_is_no_failure_of_the_run(
    runs: Runs, prefect_api: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The letters wait for the next one; this run waits until the hours of policy end."""
    monkeypatch.setattr("tasks.reminders.run._patience", lambda *_, **__: timedelta(0))
    await card_on_file(DAY + timedelta(days=14))
    await runs.smtp.stop()

    state = await run_flow()

    assert state.is_completed()
    said = "0 sent, 1 waiting, mail does not leave"
    assert state.message == f"1 cards examined; e-mails: {said}"
    assert await name_of(state) == f"card-reminders {DAY}: {said}"


async def test_a_run_sends_what_an_earlier_one_left_and_says_so(
    runs: Runs, prefect_api: None
) -> None:
    """Its name counts what it sent, not what it planned."""
    await card_on_file(DAY + timedelta(days=14))
    await runs.plan(DAY)

    state = await run_flow()

    assert state.message == "1 cards examined; e-mails: 1 sent"
    assert await name_of(state) == f"card-reminders {DAY}: 1 sent"


async def test_a_run_that_is_broken_says_what_waits(
    runs: Runs, prefect_api: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Planned, and then nothing could be sent: red, and its name is true."""
    await card_on_file(DAY + timedelta(days=14))
    monkeypatch.setenv("MUMARIS_SMTP_PORT", "not a port")

    state = await run_flow()

    assert state.is_failed()
    assert await name_of(state) == f"card-reminders {DAY}: 1 waiting"


@pytest.mark.parametrize("flow", [card_reminders, profile_reminders], ids=lambda flow: flow.name)
@pytest.mark.parametrize("on", [ELSEWHEN, DAY - timedelta(days=3)], ids=["later", "earlier"])
async def test_a_run_for_another_day_is_a_rehearsal(
    runs: Runs, prefect_api: None, flow: Flow[[date | None], Any], on: date
) -> None:
    """As "Custom run" offers it: nothing is sent, and the run says so wherever one looks."""
    left = timedelta(days=14) if flow is card_reminders else timedelta(days=1000)
    card = await card_on_file(on + left, confirmed_at=noon(on - timedelta(days=400)))

    state = await run_flow(flow, on=on)

    (table,) = await artifacts_of(state, flow.name)
    assert (state.name, state.is_completed()) == ("Rehearsed", True)
    assert await name_of(state) == f"{flow.name} {on}: rehearsed, 1 would be sent"
    assert f"{on} is not today ({DAY}), so nothing was sent or kept" in str(state.message)
    assert [row["would be sent"] for row in json.loads(table.data)] == [1]
    assert runs.smtp.accepted == []
    assert await card.reminders() == await card.reminders(Topic.PROFILE) == []


async def test_a_run_that_is_doubled_finds_nothing_to_do(runs: Runs, prefect_api: None) -> None:
    """The later slots of the schedule."""
    await card_on_file(DAY + timedelta(days=14))
    await run_flow()

    state = await run_flow()

    assert state.message == "0 cards examined; e-mails: 0 sent"
    assert len(runs.smtp.accepted) == 1


async def test_people_are_asked_about_their_profile_in_a_run_of_its_own(
    runs: Runs, prefect_api: None
) -> None:
    """Named and told like the run about cards."""
    long_ago = noon(DAY - timedelta(days=400))
    for _ in range(2):
        await card_on_file(date(2040, 1, 1), confirmed_at=long_ago)
    await card_on_file(date(2040, 1, 1), confirmed_at=long_ago, email="")

    state = await run_flow(profile_reminders)

    (table,) = await artifacts_of(state, "profile-reminders")
    assert state.message == "3 profiles examined; e-mails: 2 sent"
    assert await name_of(state) == f"profile-reminders {DAY}: 2 sent"
    assert json.loads(table.data) == [
        line("395 days unconfirmed", due=3, sent=2, skipped="no_address 1")
    ]


@pytest.mark.parametrize("flow", [card_reminders, profile_reminders], ids=lambda flow: flow.name)
async def test_prefect_learns_nothing_of_any_person(
    runs: Runs, prefect_api: None, flow: Flow[[date | None], Any]
) -> None:
    """No name, number or address in the run, its state or its artifacts."""
    long_ago = noon(DAY - timedelta(days=400))
    left = timedelta(days=14) if flow is card_reminders else timedelta(days=1000)
    await card_on_file(DAY + left, confirmed_at=long_ago)

    state = await run_flow(flow)

    async with get_client() as client:
        run = await client.read_flow_run(state.state_details.flow_run_id)
    shown = run.model_dump_json() + str(await artifacts_of(state, flow.name))
    personal = [NOURA["first_name_en"], NOURA["family_name_ar"], "example.com", NOURA["mobile"]]
    assert len(runs.smtp.accepted) == 1
    assert [word for word in personal if word in shown] == []


async def running_run(name: str) -> UUID:
    """A run that Prefect shows as running, whose process was killed."""
    async with get_client() as client:
        run = await client.create_flow_run(
            card_reminders, name=name, state=Running(), parameters={}
        )
    return run.id


async def test_a_run_that_was_killed_does_not_stay_running(runs: Runs, prefect_api: None) -> None:
    """After a minute without a sign; its name and message say what became of its letters."""
    run_id = await running_run(f"card-reminders {DAY}: 3 waiting")
    await card_on_file(DAY + timedelta(days=14))
    plan, lost, now = Plan(), LostReminders(), noon(DAY)
    while await plan_chunk(plan, day=DAY, now=now, run=str(run_id), policy=runs.policy):
        pass

    async with get_client() as client:
        at_first = await lost.end(client, now=utc_now())
        soon = await lost.end(client, now=utc_now() + timedelta(seconds=31))
        then = await lost.end(client, now=utc_now() + timedelta(seconds=70))
        run = await client.read_flow_run(run_id)

    assert (at_first, soon, then) == (0, 0, 1)
    assert run.state is not None
    assert run.state.is_crashed()
    assert "is gone" in str(run.state.message)
    assert run.name.startswith(f"card-reminders {DAY}: 0 sent")


async def test_a_run_that_somebody_carries_is_left_alone(
    runs: Runs, prefect_api: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where PostgreSQL has closed the connection that showed it: it is made anew."""
    monkeypatch.setattr("tasks.reminders.presence._RENEW_EVERY", 0.05)
    run_id = await running_run("card-reminders")
    lost = LostReminders()

    async with present(run_id), get_client() as client:
        await lost.end(client, now=utc_now())
        async with transaction() as session:
            await execute(
                session,
                text(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                    "WHERE application_name = 'mumaris presence' AND datname = current_database()"
                ),
            )
        await until(lambda: _is_present(run_id), "the run shows itself again")
        ended = await lost.end(client, now=utc_now() + timedelta(minutes=5))
        still = await client.read_flow_run(run_id)
        await client.delete_flow_run(run_id)

    assert ended == 0
    assert still.state is not None
    assert still.state.is_running()
