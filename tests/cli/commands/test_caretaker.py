"""`mumaris caretaker` as a process, with Prefect away: what it does all the same, how it leaves."""

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

from sqlmodel import select

from desk.requests.submission import accept
from models.database import transaction
from models.letters import Letter
from rules.requests.statuses import Kind
from stack.ports import HOST, free_port
from stack.processes import Child
from support.patience import Patience
from support.people import contact_change
from support.smtp import SmtpRecorder

COMMAND = [sys.executable, "-c", "from cli.main import app; app()", "caretaker"]
#: So rarely that only the doorbell can have caused a pass.
RARELY = ("--every", "600")


async def test_the_doorbell_causes_a_pass_though_prefect_is_away(
    people: None, tmp_path: Path
) -> None:
    """Letters need only the database, so the one that says "received" goes out."""
    async with SmtpRecorder() as smtp, _at_work(tmp_path, smtp, *RARELY):
        await _submit()

        await _until(lambda: len(smtp.accepted) == 1)


async def test_sigterm_lets_the_pass_under_way_finish(people: None, tmp_path: Path) -> None:
    """A letter that is being sent is stamped before the process leaves; its lease is not left."""
    async with SmtpRecorder() as smtp:
        smtp.will("DATA", hang=True)
        async with _at_work(tmp_path, smtp, *RARELY) as caretaker:
            await _submit()
            await _until(lambda: "DATA" in smtp.commands)
            await asyncio.to_thread(caretaker.stop, 20)

    letter = await _the_letter()
    assert caretaker.exit_code == 0
    assert caretaker.last_lines().endswith("Stopped.")
    assert (letter.attempts, letter.leased_until) == (1, None)
    assert letter.server_reply is not None


def test_without_a_prefect_server_it_says_what_to_set(tmp_path: Path) -> None:
    """Prefect would start a server of its own, and runs would be made where nobody looks."""
    unset = {"PREFECT_API_URL", "PREFECT_PROFILE"}
    env = {name: value for name, value in os.environ.items() if name not in unset}

    done = subprocess.run(
        COMMAND,
        env=env
        | {"DATABASE_URL": "postgresql://nobody@localhost:1/none", "PREFECT_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert done.returncode == 4
    assert "set PREFECT_API_URL" in done.stderr
    assert len(done.stderr.splitlines()) == 1


@asynccontextmanager
async def _at_work(folder: Path, smtp: SmtpRecorder, *options: str) -> AsyncIterator[Child]:
    env = os.environ | {
        "MUMARIS_SMTP_HOST": HOST,
        "MUMARIS_SMTP_PORT": str(smtp.port),
        "MUMARIS_SMTP_TIMEOUT_SECONDS": "2",
        "PREFECT_API_URL": f"http://{HOST}:{free_port(0)}/api",
        "PREFECT_HOME": str(folder / "prefect"),
    }
    child = Child("caretaker", [*COMMAND, *options], log=folder / "caretaker.log", env=env)
    child.start()
    try:
        await _until(lambda: "The doorbell is connected" in child.log.read_text())
        yield child
    finally:
        await asyncio.to_thread(child.stop, 20)


async def _submit() -> None:
    await accept(Kind.PROFILE_UPDATE, contact_change(), now=datetime.now(UTC))


async def _the_letter() -> Letter:
    async with transaction() as session:
        return (await session.exec(select(Letter))).one()


async def _until(holds: Callable[[], bool], seconds: float = 60) -> None:
    patience = Patience(seconds)
    while not holds():
        assert not patience.is_at_its_end, f"waited {seconds} s in vain"
        await asyncio.sleep(0.05)
