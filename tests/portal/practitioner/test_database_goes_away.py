"""The database goes away under a form: what was typed stays, and is sent once."""

import asyncio

import httpx
import psycopg
import pytest

from desk.drafts.update import look
from models.database import close_engine
from stack.postgres import EmbeddedPostgres
from support.accounts import OURS, Member, press
from support.pages import boxes_of
from support.requests import NOW
from support.shown_forms import forms_of
from support.stack import restart

PATH = "/update/edit/contact"
NEW = "0551112233"


async def typed(browser: httpx.AsyncClient) -> dict[str, str]:
    """The form as it was shown, with another mobile number."""
    return boxes_of((await browser.get(PATH)).text) | {"mobile": NEW}


async def kept(member: Member) -> str | None:
    """The mobile number in the draft."""
    written = await look(member.registration_number, now=NOW)
    return written.content.get("contact", {}).get("mobile")


async def test_postgresql_restarts_under_a_form(
    browser: httpx.AsyncClient, member: Member, migrated: EmbeddedPostgres
) -> None:
    """Between the page and the press: nobody notices."""
    boxes = await typed(browser)
    await asyncio.to_thread(restart, migrated)

    answer = await browser.post(PATH, data=boxes, headers=OURS)

    assert answer.status_code == 303
    assert await kept(member) == NEW


async def test_every_connection_is_ended_under_a_form(
    browser: httpx.AsyncClient, member: Member, database: str
) -> None:
    """As an operator or a failover does."""
    boxes = await typed(browser)
    with psycopg.connect(database, autocommit=True) as other:
        other.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )

    answer = await browser.post(PATH, data=boxes, headers=OURS)

    assert answer.status_code == 303
    assert await kept(member) == NEW


@pytest.mark.parametrize("language", ["ar", "en"])
async def test_what_was_typed_stands_on_the_page_while_it_is_away(
    browser: httpx.AsyncClient,
    member: Member,
    database: str,
    monkeypatch: pytest.MonkeyPatch,
    language: str,
) -> None:
    """The page says so, and its button sends the same once the database is back."""
    boxes = await typed(browser) | {"address": '"><script>'}
    await close_engine()
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")
    away = await browser.post(f"{PATH}?lang={language}", data=boxes, headers=OURS)
    await close_engine()
    monkeypatch.setenv("DATABASE_URL", database)

    (form,) = [each for each in forms_of(away.text) if each.fixed.get("mobile")]
    again = await browser.post(form.action, data=form.fixed | {"address": ""}, headers=OURS)

    assert (away.status_code, away.headers["retry-after"]) == (503, "10")
    assert form.fixed == boxes
    assert "<script>" not in away.text
    assert form.action == f"{PATH}?lang={language}"
    assert again.status_code in {303, 422}
    assert await kept(member) == NEW


async def test_a_password_stands_on_no_page(browser: httpx.AsyncClient, away: None) -> None:
    """It is typed again."""
    secret = "seven tall palms"
    signing_in = await press(browser, "/sign-in", {"name": "1000000008", "password": secret})
    browser.cookies.set("session", "x" * 43)
    fields = {"before": secret, "password": "x", "repeated": "x"}
    changing = await browser.post("/account/password", data=fields, headers=OURS)

    assert (signing_in.status_code, changing.status_code) == (503, 503)
    assert secret not in signing_in.text + changing.text


async def test_what_is_no_form_is_not_shown_again(browser: httpx.AsyncClient, away: None) -> None:
    """Nor are hundreds of fields."""
    many = "&".join(f"a{number}=1" for number in range(300))
    for body in (b"\xff\xfe", b"%", many.encode()):
        answer = await browser.post(
            "/activate/" + "x" * 43,
            content=body,
            headers={**OURS, "Content-Type": "application/x-www-form-urlencoded"},
        )

        assert answer.status_code == 503
        assert 'name="a1"' not in answer.text
