"""Whoever was let in to register is nobody everywhere else."""

from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from support.accounts import OURS, hidden_fields, with_password
from support.coming_in import come_in
from support.people import contact_change
from support.portal import routes_of
from support.requests import request_awaiting_activation
from support.uploads import name_a_shelf, upload_row

#: Anything that could stand in an address, where it is nobody's.
_NAMES = {
    "token": "x" * 43,
    "card_code": "x" * 43,
    "session_id": "00000000-0000-0000-0000-000000000000",
    "passkey_id": "00000000-0000-0000-0000-000000000000",
    "part": "contact",
    "kind": "employer_letter",
    "number": "1",
    "entry": "experience",
    "whose": "officer",
    "verdict": "approve",
}


async def test_a_newcomer_gets_what_nobody_gets(
    portal: FastAPI,
    browser: httpx.AsyncClient,
    other: httpx.AsyncClient,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """On every page but the registration's own, somebody else's request and document included."""
    name_a_shelf(tmp_path, monkeypatch)
    member = await with_password()
    number = member.registration_number
    submission = contact_change(registration_number=number, idempotency_key=number)
    code, _ = await request_awaiting_activation(submission)
    upload = await upload_row(owner=number)
    names = {**_NAMES, "code": code, "upload_id": upload.id}
    await come_in(browser, "layla@example.org")

    found = {
        route: [await _answer(each, *route, names) for each in (browser, other)]
        for route in sorted(routes_of(portal))
        if not route[1].startswith("/register")
    }

    assert {route: both for route, both in found.items() if both[0] != both[1]} == {}


async def test_somebody_else_s_request_is_not_there(browser: httpx.AsyncClient) -> None:
    """Neither a practitioner's nor one that does not exist has a page here."""
    member = await with_password()
    number = member.registration_number
    submission = contact_change(registration_number=number, idempotency_key=number)
    code, _ = await request_awaiting_activation(submission)
    await come_in(browser, "layla@example.org")

    for page in ("", "/sent", "/correct", "/withdraw"):
        theirs = await browser.get(f"/register/requests/{code}{page}")
        nobodys = await browser.get(f"/register/requests/K7Q2-M9XD{page}")
        assert (theirs.status_code, nobodys.status_code) == (404, 404)


async def _answer(
    browser: httpx.AsyncClient, method: str, path: str, names: dict[str, str]
) -> tuple[int, str]:
    """The status, and where it leads."""
    address = path.format(**names) if "{" in path else path
    fields: dict[str, str] = {}
    if method == "POST":
        shown = await browser.get("/first-sign-in")
        fields = hidden_fields(shown.text, "/first-sign-in")
    answer = await browser.request(
        method, address, data=fields or None, headers=OURS if method == "POST" else {}
    )
    return answer.status_code, answer.headers.get("Location", "")
