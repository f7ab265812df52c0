"""Prefect's server answers to its own names, its own pages and, where it asks, who can sign in."""

import stat
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from stack.ports import free_port
from stack.postgres import EmbeddedPostgres
from stack.prefect_server import PrefectServer
from stack.sign_in import sign_in, sign_in_file
from support.stack import open_folder

ANYTHING = "/flow_runs/filter"


def ask(server: PrefectServer, **headers: str) -> int:
    """The status of a POST that would act."""
    return httpx.post(
        f"{server.api_url}{ANYTHING}", json={}, headers=headers, timeout=60
    ).status_code


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost", "LOCALHOST"])
def test_it_answers_to_its_own_names(prefect_server: PrefectServer, name: str) -> None:
    """With its port or without."""
    assert ask(prefect_server, Host=f"{name}:{prefect_server.port}") == 200
    assert ask(prefect_server, Host=name) == 200


@pytest.mark.parametrize(
    "host",
    [
        "attacker.example",
        "attacker.example:4200",
        "127.0.0.1.attacker.example",
        "127.0.0.1@evil",
        "",
    ],
)
def test_it_answers_to_no_other_name(prefect_server: PrefectServer, host: str) -> None:
    """A name that somebody makes lead to this machine."""
    assert ask(prefect_server, Host=host) == 400


@pytest.mark.parametrize(
    "origin", ["http://attacker.example", "null", "http://127.0.0.1:1", "https://127.0.0.1", "//"]
)
def test_no_page_of_another_origin_acts_on_it(prefect_server: PrefectServer, origin: str) -> None:
    """A browser sends the request all the same; it is refused before it does anything."""
    assert ask(prefect_server, Origin=origin) == 403


def test_its_own_pages_act_on_it(prefect_server: PrefectServer) -> None:
    """Which say where they come from."""
    assert ask(prefect_server, Origin=prefect_server.ui_url) == 200


@pytest.mark.parametrize("headers", [{"Origin": "http://attacker.example"}])
async def test_a_websocket_of_another_origin_is_refused(
    prefect_server: PrefectServer, headers: dict[str, str]
) -> None:
    """Browsers open them across origins without asking."""
    url = f"{prefect_server.api_url.replace('http', 'ws')}/events/in"
    with pytest.raises(InvalidStatus):
        await connect(url, additional_headers=headers, open_timeout=60)


@pytest.fixture(scope="module")
def signed(postgres: EmbeddedPostgres) -> Iterator[PrefectServer]:
    """A server that asks for a user name and password, as the local stack's does."""
    postgres.create_database("prefect_signed")
    with open_folder() as home:
        url = postgres.prefect_url("prefect_signed")
        with PrefectServer(url, home, free_port(0), sign_in=sign_in(home)) as server:
            yield server


def test_who_cannot_sign_in_gets_nothing(signed: PrefectServer) -> None:
    """Neither to read nor to act, with no password or a wrong one."""
    for auth in (None, ("mumaris", "guess")):
        asked = httpx.post(f"{signed.api_url}{ANYTHING}", json={}, auth=auth, timeout=60)
        read = httpx.get(f"{signed.api_url}/admin/settings", auth=auth, timeout=60)
        assert (asked.status_code, read.status_code) == (401, 401)


def test_who_can_sign_in_is_answered(signed: PrefectServer) -> None:
    """By the line in the file."""
    user, _, password = sign_in(signed.home).partition(":")
    asked = httpx.post(f"{signed.api_url}{ANYTHING}", json={}, auth=(user, password), timeout=60)
    assert asked.status_code == 200
    assert signed.client_env()["PREFECT_API_AUTH_STRING"] == f"{user}:{password}"


def test_the_password_stands_in_one_file_of_its_owner(signed: PrefectServer) -> None:
    """Not in a command line, and in no log."""
    path = sign_in_file(signed.home)
    _, _, password = path.read_text().strip().partition(":")
    others = [each for each in signed.home.rglob("*") if each.is_file() and each != path]

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert password.encode() not in Path(f"/proc/{signed.child.pid}/cmdline").read_bytes()
    assert not [each for each in others if password.encode() in each.read_bytes()]


def test_each_home_has_its_own_and_keeps_it(tmp_path: Path) -> None:
    """Made at the first start."""
    first, second = tmp_path / "a", tmp_path / "b"

    assert sign_in(first) == sign_in(first)
    assert sign_in(first) != sign_in(second)
