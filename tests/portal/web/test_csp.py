"""What a page may load and run: nothing from elsewhere, nothing inline, on any page."""

import re
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from support.accounts import sign_in_as, with_password
from support.portal import routes_of
from support.uploads import name_a_shelf

POLICY = {
    "default-src 'none'",
    "script-src 'self'",
    "connect-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
}
#: A style, a script or a handler that stands in the page itself.
INLINE = re.compile(
    r"<style|\sstyle=|\son[a-z]+=|javascript:|<script(?![^>]*\ssrc=)", re.IGNORECASE
)
ELSEWHERE = re.compile(r"(?:src|action)=\"(?:https?:)?//", re.IGNORECASE)


async def test_no_page_loads_or_runs_what_is_not_ours(
    portal: FastAPI,
    browser: httpx.AsyncClient,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Every route, with nonsense in its path, to nobody and to somebody; errors as well."""
    name_a_shelf(tmp_path, monkeypatch)
    member = await with_password()
    paths = sorted({re.sub(r"\{[^}]*\}", "x", path) for _, path in routes_of(portal)})
    for is_signed_in in (False, True):
        if is_signed_in:
            await sign_in_as(browser, member)
        for path in [*paths, "/nowhere"]:
            answer = await browser.get(path)
            found = answer.headers["content-security-policy"]
            assert {each.strip() for each in found.split(";")} == POLICY, path
            if answer.headers.get("content-type", "").startswith("text/html"):
                assert INLINE.search(answer.text) is None, path
                assert ELSEWHERE.search(answer.text) is None, path
