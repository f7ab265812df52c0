"""`mumaris status --watch`: looks again until Ctrl-C, and ends with what it saw last."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import typer

from cli.work.status import watch
from documents.keys import new_master_key
from tasks.last_times import note_sweep

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """No Prefect is asked, and documents can be kept."""
    monkeypatch.delenv("PREFECT_API_URL", raising=False)
    monkeypatch.setenv("MUMARIS_DOCUMENT_KEYS", new_master_key())


def pauses(*acts: Callable[[], None]) -> Callable[[float], None]:
    """Does one of them in each pause, and presses Ctrl-C in the one after the last."""
    left = list(acts)

    def pause(_seconds: float) -> None:
        if not left:
            raise KeyboardInterrupt
        left.pop(0)()

    return pause


async def watched(pause: Callable[[float], None]) -> int:
    """The exit code, where the command runs as it does in a shell: in a thread without a loop."""
    with pytest.raises(typer.Exit) as ended:
        await asyncio.to_thread(watch, as_json=True, pause=pause)
    return ended.value.exit_code


def answers(out: str) -> list[list[str]]:
    """The codes of what needs a hand, in each of the documents that follow each other."""
    found, decoder = [], json.JSONDecoder()
    while out := out.strip():
        document, end = decoder.raw_decode(out)
        found.append([need["code"] for need in document["needs_a_hand"]])
        out = out[end:]
    return found


async def test_it_looks_again_and_ends_with_what_it_saw_last(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The sweep comes between the two looks: nothing needs a hand any more."""
    loop = asyncio.get_running_loop()

    def sweep() -> None:
        asyncio.run_coroutine_threadsafe(note_sweep(), loop).result()

    code = await watched(pauses(sweep))

    assert (answers(capsys.readouterr().out), code) == ([["sweep_stopped"], []], 0)


async def test_a_database_that_is_away_for_a_while_does_not_end_it(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It says so instead of figures, and goes on when the database is back."""
    here = os.environ["DATABASE_URL"]

    def goes_away() -> None:
        monkeypatch.setenv("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")

    def comes_back() -> None:
        monkeypatch.setenv("DATABASE_URL", here)

    code = await watched(pauses(goes_away, comes_back))

    shown = capsys.readouterr()
    assert answers(shown.out) == [["sweep_stopped"]] * 2
    assert (shown.err, code) == ("The database cannot be reached.\n", 1)


async def test_it_ends_with_1_where_something_needs_a_hand() -> None:
    """As the command does that looks once."""
    assert await watched(pauses()) == 1


async def test_control_c_ends_it_in_order() -> None:
    """The real one, in a process of its own, at any moment: no traceback, no other exit code."""
    process = await asyncio.create_subprocess_exec(
        *(Path(sys.executable).with_name("mumaris"), "status", "--watch"),
        env=dict(os.environ),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    while b"Needs a hand" not in (line := await process.stdout.readline()):
        assert line, await process.stderr.read()

    process.send_signal(signal.SIGINT)
    _, said = await process.communicate()

    assert (process.returncode in {0, 1}, said) == (True, b"")
