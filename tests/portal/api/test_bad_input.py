"""What no document allows: refused with 4xx, in JSON, and nothing of it is kept."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from sqlmodel import func, select

from models.database import close_engine, transaction
from models.documents.documents import Upload
from models.requests import Request
from portal.api.rates import WINDOW
from support.api import System, problem_of, wish
from support.policies import policy_with
from support.portal import Clock

KEY = {"Idempotency-Key": "bad-input-0001", "Content-Type": "application/json"}


async def kept() -> int:
    """How many requests and documents there are."""
    async with transaction() as session:
        counts = [
            (await session.exec(select(func.count()).select_from(table))).one()
            for table in (Request, Upload)
        ]
    return sum(counts)


def text(**more: object) -> str:
    """A good submission as JSON."""
    return json.dumps(wish() | more)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "not_json"),
        (b"\xff\xfe{}", "not_json"),
        (b"[]", "not_an_object"),
        (b"null", "not_an_object"),
        (b'{"a": NaN}', "not_json"),
        (b'{"a": -Infinity}', "not_json"),
        (b'{"a": 1e999}', "refused"),
        (b"{" * 100_000, "not_json"),
        (b'{"a":' * 200 + b"1" + b"}" * 200, "not_json"),
        (b'{"changes":' + b"[" * 21 + b"]" * 21 + b"}", "not_json"),
        (b'{"registration_number": "1", "registration_number": "2"}', "name_repeated"),
        (text(idempotency_key="of-the-body").encode(), "field_unknown"),
        (text(changes={"mobile": "\x00"}).encode(), "hidden_characters"),
        (text(changes={"mobile": "\ud800"}).encode(), "wrong_type"),
        (text(changes=[1]).encode(), "wrong_type"),
        (text(confirmed_by_applicant=False).encode(), "not_confirmed"),
        (b'{"a": "' + b"a" * 300_000 + b'"}', "submission_too_large"),
    ],
)
async def test_a_body_of_nonsense_is_refused(hospital: System, body: bytes, code: str) -> None:
    """With what is wrong with it."""
    sent = await hospital.client.post("/profile-updates", content=body, headers=KEY)

    assert problem_of(sent) == (422, code)
    assert await kept() == 0


@pytest.mark.parametrize(
    "kind",
    [
        "",
        "text/plain",
        "application/json; charset=utf-16",
        "application/json; charset=windows-1256",
        "application/x-www-form-urlencoded",
        "application/jsonp",
    ],
)
async def test_another_type_or_charset_is_not_read(hospital: System, kind: str) -> None:
    """Not even where it would be JSON."""
    headers = {**KEY, "Content-Type": kind}
    sent = await hospital.client.post("/profile-updates", content=text(), headers=headers)

    assert problem_of(sent) == (415, "not_json")
    assert await kept() == 0


async def test_json_in_utf_8_may_say_so(hospital: System) -> None:
    """Whatever the case of the letters."""
    headers = {**KEY, "Content-Type": 'Application/JSON; Charset="UTF-8"'}
    sent = await hospital.client.post("/profile-updates", content=text(), headers=headers)

    assert sent.status_code == 201


async def test_a_packed_body_is_not_unpacked(hospital: System) -> None:
    """A small one can be without end."""
    headers = {**KEY, "Content-Encoding": "gzip"}
    sent = await hospital.client.post("/profile-updates", content=text(), headers=headers)

    assert problem_of(sent) == (415, "not_json")


async def test_a_body_without_end_is_not_read_to_it(hospital: System) -> None:
    """Told in JSON, and the connection ends."""

    async def endless() -> AsyncIterator[bytes]:
        while True:
            yield b" " * 65_536

    sent = await hospital.client.post("/profile-updates", content=endless(), headers=KEY)

    assert problem_of(sent) == (413, "too_large")
    assert sent.headers["connection"] == "close"


async def test_a_key_that_is_sent_twice_is_none(hospital: System) -> None:
    """Which of the two is meant, nobody can know."""
    headers = [("Idempotency-Key", "one-key-0001"), ("Idempotency-Key", "another-0001")]
    sent = await hospital.client.post("/profile-updates", json=wish(), headers=headers)

    assert problem_of(sent) == (422, "idempotency_key_header")


async def test_a_key_to_the_door_that_is_sent_twice_opens_nothing(hospital: System) -> None:
    """Nor does the right one among them."""
    right = hospital.client.headers["authorization"]
    request = hospital.client.build_request("GET", "/requests")
    request.headers = httpx.Headers([("Authorization", right), ("Authorization", right)])

    assert problem_of(await hospital.client.send(request)) == (401, "key_refused")


async def test_calls_are_counted_and_told(hospital: System, clock: Clock, tmp_path: Path) -> None:
    """Up to the limit of the minute, and from the next minute on again."""
    with policy_with(tmp_path, ("calls_a_minute = 600", "calls_a_minute = 2")):
        first, last, over = [await hospital.client.get("/requests") for _ in "123"]
        clock.forward(WINDOW)
        again = await hospital.client.get("/requests")

    assert first.headers["ratelimit-policy"] == '"calls";q=2;w=60'
    assert [one.headers["ratelimit"] for one in (first, last)] == [
        '"calls";r=1;t=60',
        '"calls";r=0;t=60',
    ]
    assert problem_of(over) == (429, "too_often")
    assert int(over.headers["retry-after"]) > 0
    assert again.status_code == 200


async def test_with_the_database_away_it_says_so(
    hospital: System, api: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In JSON, with when to try again; who has no key is told so, and takes no connection."""
    await close_engine()
    with monkeypatch.context() as patch:
        patch.setenv("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")
        away = await hospital.client.get("/requests")
        stranger = await hospital.client.get("/requests", headers={"Authorization": "Bearer x"})
        await close_engine()

    assert problem_of(away) == (503, "away")
    assert problem_of(stranger) == (401, "key_refused")
    assert int(away.headers["retry-after"]) > 0
    assert "127.0.0.1" not in away.text
