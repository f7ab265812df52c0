"""The first page, what pages refer to, and addresses that lead nowhere."""

import re

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import text

from mail.settings import ContactMissing
from models.database import close_engine, transaction
from models.settings import DatabaseNotConfigured
from models.statements import execute
from portal.app import build_app


async def test_the_first_page_asks_for_a_tracking_code(browser: httpx.AsyncClient) -> None:
    """In the language that the browser asks for."""
    page = await browser.get("/")

    assert page.status_code == 200
    assert '<html lang="en" dir="ltr">' in page.text
    assert 'action="/track?lang=en"' in page.text


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", "have not tried these pages yet"), ("ar", "لم يجرّب مستخدمو قارئات الشاشة")],
)
async def test_every_page_leads_to_what_is_known_of_its_accessibility(
    browser: httpx.AsyncClient, language: str, said: str
) -> None:
    """What was checked, what was not, and whom to write to; in both languages."""
    page = await browser.get(f"/nowhere?lang={language}")
    (address,) = re.findall(r'href="(/accessibility[^"]*)"', page.text)

    statement = await browser.get(address.replace("&amp;", "&"))

    assert (statement.status_code, f'<html lang="{language}"' in statement.text) == (200, True)
    assert said in statement.text
    assert statement.text.count('href="mailto:mumaris@localhost"') == 2


async def put(statement: str) -> None:
    """Change the database behind the portal's back."""
    async with transaction() as session:
        await execute(session, text(statement))


SWEPT = "INSERT INTO last_times (what, at) VALUES ('sweep', now())"
OUTAGE = "INSERT INTO mail_outages (id, began_at, reason) VALUES (gen_random_uuid(), now(), 'x')"


async def test_a_portal_whose_work_is_done_is_healthy(browser: httpx.AsyncClient) -> None:
    """It has written to the database, and everything behind it goes on."""
    await put(SWEPT)

    answer = await browser.get("/health")

    told = answer.json()
    assert (answer.status_code, told.pop("sweep_age_seconds") < 60) == (200, True)
    assert told == {"status": "healthy", "schema": "current", "mail": "leaves"}


@pytest.mark.parametrize(
    ("fault", "code", "told"),
    [
        ("DELETE FROM last_times", 200, {"status": "degraded", "sweep_age_seconds": None}),
        (
            "UPDATE last_times SET at = now() - interval '2 minutes'",
            200,
            {"status": "degraded"},
        ),
        (OUTAGE, 200, {"status": "degraded", "mail": "does not leave"}),
        (
            "UPDATE alembic_version SET version_num = '0001'",
            503,
            {"status": "unhealthy", "schema": "behind"},
        ),
        ("DELETE FROM alembic_version", 503, {"status": "unhealthy", "schema": "behind"}),
        (
            "UPDATE alembic_version SET version_num = 'of next year'",
            200,
            {"status": "degraded", "schema": "expanded"},
        ),
        (
            """
            UPDATE alembic_version SET version_num = 'of next year';
            COMMENT ON TABLE alembic_version IS 'of this year'
            """,
            200,
            {"status": "degraded", "schema": "ahead"},
        ),
    ],
)
async def test_health_tells_the_truth(
    browser: httpx.AsyncClient, fault: str, code: int, told: dict[str, object]
) -> None:
    """What visitors feel is 503; what operations must mend is told, and sends nobody away."""
    await put(SWEPT)
    await put(fault)

    answer = await browser.get("/health")

    assert answer.status_code == code
    assert answer.json() | told == answer.json()


async def test_a_database_that_takes_no_writes_is_not_healthy(
    browser: httpx.AsyncClient, database: str
) -> None:
    """It answers, and nobody can press anything."""
    name = database.partition("?")[0].rpartition("/")[2]
    await put(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
    await close_engine()

    answer = await browser.get("/health")

    assert answer.status_code == 503
    assert answer.json()["status"] == "unhealthy"


async def test_what_pages_refer_to_is_ours_and_may_be_kept(browser: httpx.AsyncClient) -> None:
    """One style sheet, one script and a sign, under names that change with their content."""
    page = await browser.get("/")
    asks = await browser.get("/sign-in")
    script = await browser.get(asks.text.partition('<script src="')[2].partition('"')[0])
    styles = await browser.get(page.text.partition('stylesheet" href="')[2].partition('"')[0])
    sign = await browser.get("/icon.svg")

    assert styles.headers["content-type"].startswith("text/css")
    assert script.headers["content-type"].startswith("text/javascript")
    assert script.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert asks.text.count("<script") == 1
    assert styles.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert sign.headers["cache-control"] == "public, max-age=86400"
    assert sign.headers["content-type"] == "image/svg+xml"
    assert "http://" not in page.text
    assert "<script" not in page.text


@pytest.mark.parametrize(
    "address", ["/nowhere", "/activate/", "/activate/a/b", "/docs", "/openapi.json", "/track/"]
)
async def test_an_address_that_leads_nowhere_is_a_page_of_ours(
    browser: httpx.AsyncClient, address: str
) -> None:
    """It says where to begin, and nothing about how we are built."""
    page = await browser.get(address)

    assert page.status_code == 404
    assert "Page not found" in page.text


async def test_an_address_used_in_the_wrong_way_is_a_page_of_ours(
    browser: httpx.AsyncClient,
) -> None:
    """Asking for a new link is a button, not an address to open."""
    page = await browser.get(f"/activate/{'A' * 43}/new-link")

    assert page.status_code == 405
    assert page.headers["allow"] == "POST"


async def test_no_page_leads_to_another_site(portal: FastAPI) -> None:
    """An address that begins with two strokes would be another host in a link."""
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(portal), base_url="http://portal.test"
    ) as client:
        page = await client.get("http://portal.test//evil.example/x?lang=en")

    assert page.status_code == 404
    assert 'href="/evil.example/x?lang=ar"' in page.text


async def test_a_portal_without_a_database_does_not_start(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The missing setting is named at once, not to the first visitor."""
    monkeypatch.delenv("DATABASE_URL", raising=False)
    app = build_app()

    with pytest.raises(DatabaseNotConfigured, match="DATABASE_URL"):
        async with app.router.lifespan_context(app):
            pass


async def test_a_portal_for_the_world_names_an_address_to_write_to(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its pages say "contact us": it does not start without saying where."""
    monkeypatch.setenv("MUMARIS_PORTAL_URL", "https://portal.example.org")
    app = build_app()

    with pytest.raises(ContactMissing):
        async with app.router.lifespan_context(app):
            pass


async def test_every_page_says_where_to_write_to(browser: httpx.AsyncClient) -> None:
    """Also that of an error, and without any setting."""
    pages = [await browser.get(address) for address in ("/", "/track", "/nowhere")]

    assert all('href="mailto:mumaris@localhost"' in page.text for page in pages)
