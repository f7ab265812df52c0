"""The log as JSON, of a portal that is served in a process of its own."""

import json
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import text

from models.database import transaction
from models.statements import execute
from portal.web.logs import HEADER
from stack.ports import HOST
from support.portal_process import portal_process

TOKEN = "x" * 43


@pytest.fixture
def served(
    database: str, repository: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[str, Path]]:
    """Its address and its log."""
    monkeypatch.setenv("MUMARIS_LOG_FORMAT", "json")
    with portal_process(repository) as (port, child):
        yield f"http://{HOST}:{port}", child.log


async def test_each_line_is_an_object_and_names_its_request(served: tuple[str, Path]) -> None:
    """An error's line has the number that the answer has; a line of the process has none."""
    address, log = served
    async with transaction() as session:
        await execute(session, text("ALTER TABLE activation_links RENAME TO gone"))

    async with httpx.AsyncClient(base_url=address, timeout=60) as browser:
        answer = await browser.get(f"/activate/{TOKEN}")

    lines = [json.loads(line) for line in log.read_text("utf-8").splitlines()]
    numbers = {line["request_id"] for line in lines if line["level"] == "ERROR"}
    assert answer.status_code == 500
    assert numbers == {answer.headers[HEADER]}
    assert {"at", "level", "logger", "message", "request_id"} <= set(lines[0])
    assert lines[0]["request_id"] is None
    assert TOKEN not in log.read_text("utf-8")


async def test_a_request_s_number_is_ours(portal: FastAPI) -> None:
    """Another one for each; what a client claims is not believed, and a call of the API has one."""
    claimed = {HEADER: "theirs"}
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(portal), base_url="http://portal.test", headers=claimed
    ) as browser:
        answers = [await browser.get(path) for path in ("/", "/", "/api/v1/openapi.json")]

    assert len({answer.headers[HEADER] for answer in answers} | {"theirs"}) == 4
