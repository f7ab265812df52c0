"""Who is asking, behind proxies that are ours and proxies that are not."""

from collections.abc import Iterator
from ipaddress import ip_network

import httpx
import pytest
from fastapi import FastAPI
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from portal.web.guessing import MOST_MISSES
from portal.web.proxies import last_untrusted
from portal.web.settings import PortalSettings, portal_settings

OURS = (ip_network("10.0.0.0/8"), ip_network("fd00::/8"))
ADDRESSES = st.ip_addresses().map(str)
CLAIMS = st.one_of(ADDRESSES, st.text(max_size=20))


@pytest.mark.parametrize(
    ("peer", "headers", "client"),
    [
        ("192.0.2.7", [], "192.0.2.7"),
        # Said by nobody whom we know.
        ("192.0.2.7", ["198.51.100.1"], "192.0.2.7"),
        ("10.1.2.3", ["198.51.100.1"], "198.51.100.1"),
        # The client's own claim stands before what our proxy wrote.
        ("10.1.2.3", ["203.0.113.9, 198.51.100.1"], "198.51.100.1"),
        ("10.1.2.3", ["203.0.113.9", "198.51.100.1"], "198.51.100.1"),
        # Two proxies of ours.
        ("10.1.2.3", ["203.0.113.9, 198.51.100.1, 10.9.9.9"], "198.51.100.1"),
        ("10.1.2.3", ["10.9.9.9"], "10.9.9.9"),
        ("fd00::1", ["2001:db8::5"], "2001:db8::5"),
        ("::ffff:10.1.2.3", ["::ffff:198.51.100.1"], "198.51.100.1"),
        ("10.1.2.3", ["198.51.100.1:4711"], "198.51.100.1"),
        ("10.1.2.3", ["[2001:db8::5]:443"], "2001:db8::5"),
        ("10.1.2.3", ["198.51.100.1, unknown"], "10.1.2.3"),
        ("10.1.2.3", [""], "10.1.2.3"),
        ("a socket", ["198.51.100.1"], "a socket"),
    ],
)
def test_the_client_is_the_last_hop_that_is_not_ours(
    peer: str, headers: list[str], client: str
) -> None:
    """Read from the end, for as long as whoever wrote it is trusted."""
    assert last_untrusted(peer, headers, OURS) == client


@given(claims=st.lists(CLAIMS, max_size=30))
def test_whatever_a_client_claims_it_stays_one_client(claims: list[str]) -> None:
    """What our proxy wrote last is believed, and nothing that stands before it."""
    header = ", ".join([*claims, "198.51.100.1"])

    assert last_untrusted("10.1.2.3", [header], OURS) == "198.51.100.1"


@given(claims=st.lists(CLAIMS, max_size=30))
def test_without_a_proxy_nothing_is_believed(claims: list[str]) -> None:
    """A header is as good as its sender."""
    assert last_untrusted("192.0.2.7", claims, OURS) == "192.0.2.7"


@pytest.fixture
def behind(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A portal behind the test's own client."""
    monkeypatch.setenv("MUMARIS_TRUSTED_PROXIES", "127.0.0.0/8, fd00::/8")
    portal_settings.cache_clear()
    yield
    portal_settings.cache_clear()


async def misses(portal: FastAPI, *clients: str) -> int:
    """Wrong codes from these clients, in turns; the last answer."""
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(portal), base_url="http://portal.test"
    ) as browser:
        for turn in range(MOST_MISSES + 1):
            headers = {"X-Forwarded-For": clients[turn % len(clients)]}
            page = await browser.post("/track", data={"code": "ZZZZ-ZZZZ"}, headers=headers)
    return page.status_code


async def test_a_header_of_one_s_own_is_no_way_round_the_limit(portal: FastAPI) -> None:
    """Another address in each request, and still the same client."""
    assert await misses(portal, *(f"198.51.100.{n}" for n in range(20))) == 429


async def test_behind_a_proxy_one_visitor_does_not_lock_the_others_out(
    portal: FastAPI, behind: None
) -> None:
    """Each is counted apart; one who claims to be others is one."""
    assert await misses(portal, *(f"198.51.100.{n}" for n in range(20))) == 404
    assert await misses(portal, *(f"203.0.113.{n}, 192.0.2.1" for n in range(20))) == 429


async def test_a_whole_ipv6_network_is_one_client(portal: FastAPI, behind: None) -> None:
    """A telephone has 2^64 addresses."""
    assert await misses(portal, *(f"2001:db8::{n}" for n in range(1, 20))) == 429


def test_what_is_no_network_is_said_at_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    """A slip would believe nobody, or everybody."""
    monkeypatch.setenv("MUMARIS_TRUSTED_PROXIES", "10.0.0.0/8, proxy.example.org")

    with pytest.raises(ValidationError, match="proxy"):
        PortalSettings()
