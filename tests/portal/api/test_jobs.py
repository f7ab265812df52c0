"""Files of submissions over HTTP: taken as jobs, and nobody else's."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI, Request
from sqlmodel import select

from desk.machines.carrying import carry_files
from models.database import transaction
from models.submission_jobs import SubmissionJob
from portal.api import jobs as routes
from portal.documents import bodies
from rules.accounts.machines import MachineKind
from support.api import System, problem_of, system_of
from support.filing import csv_of, lines_of
from support.machines import key_of, machine_lines
from support.people import NOURA, RAHUL
from support.policies import policy_with
from support.requests import NOW

NUMBERS = [NOURA["registration_number"], RAHUL["registration_number"]]
CSV, LINES = "text/csv", "application/x-ndjson"


async def send(
    system: System, content: Any, *, form: str = CSV, key: str = "file-0001", **query: str
) -> httpx.Response:
    """Hand this file in."""
    return await system.client.post(
        "/submission-files",
        content=content,
        params=query,
        headers={"Idempotency-Key": key, "Content-Type": form},
    )


async def jobs() -> int:
    async with transaction() as session:
        return len((await session.exec(select(SubmissionJob.id))).all())


@pytest.mark.parametrize(
    ("form", "content"),
    [
        (CSV, csv_of(NUMBERS)),
        ("text/csv; charset=UTF-16", csv_of(NUMBERS).decode().encode("utf-16")),
        (LINES, lines_of(NUMBERS)),
        ("application/jsonl; charset=utf-8", lines_of(NUMBERS)),
    ],
)
async def test_a_file_is_taken_and_its_job_tells(
    hospital: System, form: str, content: bytes
) -> None:
    """Waiting, then done, with a code for each row; each use of the key is in the log."""
    sent = await send(hospital, content, form=form)
    place = sent.headers["location"].removeprefix("/api/v1")
    waits = (await hospital.client.get(place)).json()
    await carry_files(clock=lambda: NOW)
    done = (await hospital.client.get(place)).json()
    rows = (await hospital.client.get(f"{place}/rows")).json()
    bad = (await hospital.client.get(f"{place}/problems")).json()

    assert (sent.status_code, sent.json()) == (202, waits)
    assert (waits["status"], waits["rows"]["done"]) == ("waiting", 0)
    assert (done["status"], done["rows"]["accepted"], done["rows"]["done"]) == ("done", 2, 2)
    codes = [row["tracking_code"] for row in rows["rows"]]
    assert [(await hospital.read(code)).status_code for code in codes] == [200, 200]
    assert (bad["rows"], bad["more"]) == ([], False)
    used = [why for _, what, why in await machine_lines() if what == "machine_use"]
    assert used[:5] == ["submit_file", "read_job", "read_job", "list_job_rows", "list_job_problems"]


async def test_a_check_and_a_renewal_are_said_in_the_address(hospital: System) -> None:
    """Nothing is kept of a check."""
    sent = await send(hospital, csv_of(NUMBERS), check="true")
    other = await send(
        hospital, lines_of(NUMBERS), form=LINES, key="file-0002", kind="card_renewal"
    )
    await carry_files(clock=lambda: NOW)
    done = [
        (await hospital.client.get(f"/jobs/{one.json()['id']}")).json() for one in (sent, other)
    ]

    assert [(one["kind"], one["check"]) for one in done] == [
        ("profile_update", True),
        ("card_renewal", False),
    ]
    assert [(one["rows"]["valid"], one["rows"]["refused"]) for one in done] == [(2, 0), (0, 2)]


async def test_each_problem_is_told_in_both_languages_by_pages(hospital: System) -> None:
    """With its line and field, and nothing of what the file holds."""
    content = csv_of(["20999991", NUMBERS[0], "20999992"], mobile="055-no-number")
    job = (await send(hospital, content)).json()["id"]
    await carry_files(clock=lambda: NOW)

    seen, cursor, more = [], "l0", True
    while more:
        page = await hospital.client.get(
            f"/jobs/{job}/problems", params={"cursor": cursor, "limit": 1}
        )
        assert "no-number" not in page.text
        seen += page.json()["rows"]
        cursor, more = page.json()["cursor"], page.json()["more"]

    assert [row["line"] for row in seen] == [2, 3, 4]
    assert {one["field"] for one in seen[1]["problems"]} == {"mobile"}
    assert all(one["sentence_ar"] and one["sentence_en"] for one in seen[1]["problems"])


@pytest.mark.parametrize(
    ("how", "answer"),
    [
        ({"form": "application/json"}, (415, "not_json")),
        ({"form": "text/csv; charset=windows-1256"}, (415, "not_json")),
        ({"form": "application/x-ndjson; charset=utf-16"}, (415, "not_json")),
        ({"form": CSV, "kind": "card_renewal"}, (415, "not_json")),
        ({"kind": "no_such_kind"}, (422, "wrong_type")),
        ({"check": "1"}, (422, "wrong_type")),
        ({"day_first": ""}, (422, "wrong_type")),
        ({"key": "short"}, (422, "idempotency_key_header")),
        ({"content": b""}, (422, "file_empty")),
        ({"content": b"\n" * 2_000_000}, (422, "file_too_long")),
        ({"content": b"a" * 9_000_000}, (413, "file_too_big")),
    ],
)
async def test_what_cannot_be_a_file_is_refused(
    hospital: System, how: dict[str, Any], answer: tuple[int, str]
) -> None:
    """At once; and nothing is kept."""
    refused = await send(hospital, **{"content": csv_of(NUMBERS)} | how)

    assert problem_of(refused) == answer
    assert await jobs() == 0


async def test_a_file_that_is_packed_is_not_unpacked(hospital: System) -> None:
    """A few bytes can be a thousand times as many."""
    refused = await hospital.client.post(
        "/submission-files",
        content=b"\x1f\x8b",
        headers={"Idempotency-Key": "file-0001", "Content-Type": CSV, "Content-Encoding": "gzip"},
    )

    assert problem_of(refused) == (415, "not_json")


async def test_a_body_without_an_end_is_not_read_to_it(
    hospital: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing was announced: the limit holds as it comes, and the rest is kept nowhere."""
    held = 0

    async def counted(request: Request) -> AsyncIterator[bytes]:
        nonlocal held
        async for piece in bodies.body_of(request):
            held += len(piece)
            yield piece

    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(100):
            yield b"a" * 1_000_000

    monkeypatch.setattr(routes, "body_of", counted)
    refused = await send(hospital, pieces())

    assert problem_of(refused) == (413, "file_too_big")
    assert held == 9_000_000


async def test_a_sender_who_is_too_slow_is_told(hospital: System) -> None:
    """And holds no room."""

    async def pieces() -> AsyncIterator[bytes]:
        yield b"a"
        await asyncio.sleep(3600)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bodies, "PATIENCE_SECONDS", 0.0)
        patch.setattr(bodies, "LINGER_QUIET_SECONDS", 0.0)
        slow = [await send(hospital, pieces()) for _ in range(3)]

    assert {one.status_code for one in slow} == {408}
    assert (await send(hospital, csv_of(NUMBERS))).status_code == 202


async def test_too_many_files_and_another_file_with_the_key(
    hospital: System, tmp_path: Path
) -> None:
    """The first is told to wait, the second that the key is used."""
    with policy_with(tmp_path, ("files_open = 4", "files_open = 1")):
        first = await send(hospital, csv_of(NUMBERS))
        second = await send(hospital, csv_of(NUMBERS), key="file-0002")
        reused = await send(hospital, csv_of(NUMBERS[:1]))

    assert first.status_code == 202
    assert problem_of(second) == (429, "files_go_on")
    assert problem_of(reused) == (409, "idempotency_key_used")


async def test_another_system_s_job_does_not_exist(hospital: System, api: FastAPI) -> None:
    """Letter for letter as one that nobody has, also for a system of the house."""
    job = (await send(hospital, csv_of(NUMBERS))).json()["id"]
    async with system_of(api, await key_of("app", MachineKind.HOUSE)) as app:
        answers = [
            await app.client.get(f"/jobs/{one}{more}")
            for one in (job, "0" * 32, "nothing", job.upper())
            for more in ("", "/rows", "/problems")
        ]

    assert {one.text for one in answers} == {answers[0].text}
    assert problem_of(answers[0]) == (404, "job_unknown")


async def test_a_query_of_nonsense_is_refused(hospital: System) -> None:
    """With what it should be."""
    job = (await send(hospital, csv_of(NUMBERS))).json()["id"]
    asked = {"cursor=e1": "cursor_unknown", "cursor=l-1": "cursor_unknown"}
    asked |= {"limit=0": "page_size_wrong", "limit=201": "page_size_wrong"}

    for query, code in asked.items():
        assert problem_of(await hospital.client.get(f"/jobs/{job}/rows?{query}")) == (422, code)
