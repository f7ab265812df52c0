"""Prefect's commands run one after the other in one process, once the server answers."""

import os
import subprocess
import sys

import httpx
import pytest

from stack.prefect_commands import THEN
from stack.prefect_server import PrefectServer


def start(server: PrefectServer, *arguments: str) -> "subprocess.Popen[str]":
    """Run these commands against the server."""
    return subprocess.Popen(
        [sys.executable, "-m", "stack.prefect_commands", *arguments],
        env={**os.environ, **server.client_env()},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def pool_types(server: PrefectServer, *names: str) -> list[str | None]:
    """The types of these pools; None for a pool that is not there."""
    answers = [httpx.get(f"{server.api_url}/work_pools/{name}", timeout=60) for name in names]
    return [answer.json().get("type") for answer in answers]


def create(pool: str, kind: str = "process") -> tuple[str, ...]:
    """The words that create a pool."""
    return ("work-pool", "create", pool, "--type", kind)


def test_each_command_is_run_in_turn(prefect_server: PrefectServer) -> None:
    """One start of an interpreter for all of them."""
    made = start(prefect_server, "/health", *create("first"), THEN, *create("second"))

    said, _ = made.communicate(timeout=100)

    assert made.returncode == 0, said
    assert pool_types(prefect_server, "first", "second") == ["process", "process"]


def test_a_command_that_fails_ends_it(prefect_server: PrefectServer) -> None:
    """With its exit code; what comes after it is not run."""
    wrong = ("work-pool", "inspect", "no-such-pool")
    made = start(prefect_server, "/health", *wrong, THEN, *create("never"))

    said, _ = made.communicate(timeout=100)

    assert made.returncode == 1, said
    assert "no-such-pool" in said
    assert pool_types(prefect_server, "never") == [None]


def test_it_waits_for_what_it_needs(prefect_server: PrefectServer) -> None:
    """A worker that is started before its pool is there."""
    waiting = start(prefect_server, "/work_pools/awaited", *create("after"))
    with pytest.raises(subprocess.TimeoutExpired):
        waiting.wait(timeout=10)
    before = pool_types(prefect_server, "after")

    made = start(prefect_server, "/health", *create("awaited"))

    said = made.communicate(timeout=100)[0] + waiting.communicate(timeout=100)[0]
    assert (made.returncode, waiting.returncode) == (0, 0), said
    assert before == [None]
    assert pool_types(prefect_server, "after") == ["process"]
