"""The first page, what pages refer to, and addresses that lead nowhere."""

import httpx
import pytest
from fastapi import FastAPI

from models.settings import DatabaseNotConfigured
from portal.app import build_app


async def test_the_first_page_asks_for_a_tracking_code(browser: httpx.AsyncClient) -> None:
    """In the language that the browser asks for."""
    page = await browser.get("/")

    assert page.status_code == 200
    assert '<html lang="en" dir="ltr">' in page.text
    assert 'action="/track?lang=en"' in page.text


async def test_the_stack_is_told_that_the_portal_is_healthy(browser: httpx.AsyncClient) -> None:
    """It has looked at the database."""
    answer = await browser.get("/health")

    assert (answer.status_code, answer.json()) == (200, {"status": "healthy"})


async def test_what_pages_refer_to_is_ours_and_may_be_kept(browser: httpx.AsyncClient) -> None:
    """One style sheet and a sign, under names that change with their content."""
    page = await browser.get("/")
    styles = await browser.get(page.text.partition('stylesheet" href="')[2].partition('"')[0])
    sign = await browser.get("/icon.svg")

    assert styles.headers["content-type"].startswith("text/css")
    assert styles.headers["cache-control"] == "public, max-age=86400"
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
