"""What the sweep does goes on apart: letters, due dates, runs, and decisions before bursts."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from uuid import uuid4

import pytest
from prefect.settings import PREFECT_API_URL, temporary_settings

import flows.sweep
from desk.clock import utc_now
from flows.sweep import CALM, Sweep, post_pass
from models.database import transaction
from models.run_states import RunState
from models.runs import runs_to_look_at
from rules.requests.statuses import Status
from stack.ports import free_port
from support.faults import set_row, stands_at, submit_specialty, until
from support.requests import NOW
from support.smtp import SmtpRecorder
from worker.caretaker import Household, Job

CLOSES_AFTER = timedelta(days=30)


@asynccontextmanager
async def at_work(*jobs: Job) -> AsyncIterator[Household]:
    """House-keeping as a worker does it, in passes that nobody rings for."""
    household = Household(jobs, every=0.05)
    task = asyncio.create_task(household.run())
    yield household
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def submitted_and_told(mail_server: SmtpRecorder) -> None:
    """Somebody submits, and has the letter soon."""
    for number in (1, 2, 3):
        await submit_specialty("told")
        await until(
            lambda so_far=number: len(mail_server.accepted) == so_far, "the letter left", within=20
        )


@pytest.mark.parametrize("sign", ["away", "mute"])
async def test_letters_do_not_wait_for_prefect(mail_server: SmtpRecorder, sign: str) -> None:
    """Nobody listens at its address, or it takes the connection and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as mute:
        port = mute.getsockname()[1] if sign == "mute" else free_port(0)
        sweep = Sweep(patience=0.2)
        with temporary_settings({PREFECT_API_URL: f"http://127.0.0.1:{port}/api"}):
            async with at_work(lambda: sweep.one_pass(utc_now()), post_pass):
                await submitted_and_told(mail_server)
            await cut(sweep)


async def cut(sweep: Sweep) -> None:
    """End a pass as a worker that leaves does."""
    last = asyncio.create_task(sweep.one_pass(utc_now()))
    await asyncio.sleep(0)
    last.cancel()
    await asyncio.gather(last, return_exceptions=True)


async def test_letters_do_not_wait_for_due_dates(
    mail_server: SmtpRecorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Which cannot be acted on: the error is raised in every calm pass."""
    monkeypatch.setattr(flows.sweep, "act_on_deadlines", _fail)
    sweep = Sweep(patience=0.2)
    with temporary_settings({PREFECT_API_URL: f"http://127.0.0.1:{free_port(0)}/api"}):
        with pytest.raises(ZeroDivisionError):
            await sweep.one_pass(utc_now())
        async with at_work(lambda: sweep.one_pass(utc_now()), post_pass):
            await submitted_and_told(mail_server)
        await cut(sweep)


async def _fail(**_: object) -> int:
    raise ZeroDivisionError


async def test_the_sweep_does_not_wait_for_a_mail_server_that_hangs(
    awaiting: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It takes connections and says nothing; a due date is acted on while the letters wait."""
    sweep = Sweep(patience=0.2)
    with socket.create_server(("127.0.0.1", 0)) as mute:
        monkeypatch.setenv("MUMARIS_SMTP_HOST", "127.0.0.1")
        monkeypatch.setenv("MUMARIS_SMTP_PORT", str(mute.getsockname()[1]))
        monkeypatch.setenv("MUMARIS_SMTP_TIMEOUT_SECONDS", "600")
        with temporary_settings({PREFECT_API_URL: f"http://127.0.0.1:{free_port(0)}/api"}):
            async with at_work(post_pass):
                # A letter is under way and will hang.
                connection, _ = await asyncio.to_thread(mute.accept)
                await sweep.one_pass(NOW + CLOSES_AFTER)
                connection.close()
            await cut(sweep)

    await stands_at(awaiting, Status.EXPIRED)


async def test_due_dates_are_acted_on_when_a_clock_is_set_back(awaiting: str) -> None:
    """By an hour, after a pass: the calm work goes by seconds that pass, not by the time of day."""
    seconds = iter([0.0, CALM])
    sweep = Sweep(patience=0.2, clock=lambda: next(seconds))
    with temporary_settings({PREFECT_API_URL: f"http://127.0.0.1:{free_port(0)}/api"}):
        await sweep.one_pass(NOW + CLOSES_AFTER - timedelta(minutes=1))
        await stands_at(awaiting, Status.AWAITING_ACTIVATION)
        await set_row(awaiting, closes_at=NOW)
        await sweep.one_pass(NOW)
        await stands_at(awaiting, Status.EXPIRED)
        for work in asyncio.all_tasks() - {asyncio.current_task()}:
            work.cancel()


async def test_a_decision_goes_before_a_burst_of_submissions(database: str) -> None:
    """In the sweep it is the next to be moved, however many wait for their first run."""
    decided = await submit_specialty("fair")
    burst = [await submit_specialty("burst") for _ in range(15)]
    await set_row(
        decided.tracking_code,
        run_state=RunState.WAITING,
        run_checked_at=utc_now(),
        status=Status.APPROVED,
        waits_in=Status.UNDER_REVIEW,
        flow_run_id=uuid4(),
    )

    async with transaction() as session:
        found = await runs_to_look_at(session, now=utc_now(), limit=10)
        rest = await runs_to_look_at(
            session, now=utc_now(), limit=100, except_for={due.id for due in found}
        )

    codes = [due.tracking_code for due in (*found, *rest)]
    assert codes.index(decided.tracking_code) < min(
        codes.index(each.tracking_code) for each in burst
    )
    submitted = [codes.index(each.tracking_code) for each in burst]
    assert submitted == sorted(submitted)
