"""Prefect's server runs on our PostgreSQL, quietly, and stops at once."""

import os
import socket
import subprocess
import sys

import httpx
import pytest

from stack.ports import HOST
from stack.prefect_server import PrefectServer, no_proxy, server_environment
from support.patience import Patience


@pytest.fixture
def server(prefect_server: PrefectServer) -> PrefectServer:
    """The session's server: it may be stopped here, as long as it is started again."""
    return prefect_server


def test_its_ui_asks_its_own_api(server: PrefectServer) -> None:
    """On any port but 4200 the UI has to be told."""
    assert server.is_healthy()
    settings = httpx.get(f"{server.ui_url}/ui-settings", timeout=60).json()
    assert settings["api_url"] == server.api_url


def test_it_keeps_its_data_in_postgresql_and_calls_nobody(server: PrefectServer) -> None:
    """The server's own word on its settings."""
    settings = httpx.get(f"{server.api_url}/admin/settings", timeout=60).json()["server"]
    assert settings["analytics_enabled"] is False
    assert settings["database"]["sqlalchemy"]["pool_size"] == 15
    assert set(settings["services"]["db_vacuum"]["enabled"]) == {"events", "flow_runs"}


def test_a_client_with_its_environment_talks_to_it(server: PrefectServer) -> None:
    """Whatever the user's own Prefect settings name."""
    code = (
        "from prefect.client.orchestration import get_client; "
        "client = get_client(sync_client=True); "
        "print(client.api_url, client.hello().status_code)"
    )
    answer = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PREFECT_API_URL": "http://127.0.0.1:1/api", **server.client_env()},
        capture_output=True,
        text=True,
        check=True,
    )
    assert answer.stdout.split() == [f"{server.api_url}/", "200"]


def test_it_stops_quickly_with_a_client_connected_and_starts_again(server: PrefectServer) -> None:
    """An open connection does not hold it, and the same port serves again."""
    with socket.create_connection((HOST, server.port)) as client:
        client.sendall(b"GET /api/health HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert client.recv(12) == b"HTTP/1.1 200"
        patience = Patience(5)
        server.stop()
        assert not patience.is_at_its_end
    assert not server.is_healthy()
    server.start()
    assert server.is_healthy()


def test_settings_for_another_server_do_not_reach_ours(
    server: PrefectServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A profile or a key of Prefect Cloud is not for us; the rest of the environment is kept."""
    monkeypatch.setenv("PREFECT_PROFILE", "cloud")
    monkeypatch.setenv("PREFECT_API_KEY", "secret")
    monkeypatch.setenv("PREFECT_SERVER_LOGGING_LEVEL", "DEBUG")
    monkeypatch.setenv("KEPT", "yes")
    found = server_environment("postgresql+asyncpg:///x", server.home, server.port)
    assert not {"PREFECT_PROFILE", "PREFECT_API_KEY"} & set(found)
    assert (found["KEPT"], found["PREFECT_SERVER_LOGGING_LEVEL"]) == ("yes", "WARNING")


def test_a_proxy_is_never_asked_for_loopback() -> None:
    """What the user exempted stays exempted."""
    assert no_proxy({})["NO_PROXY"] == "127.0.0.1,localhost"
    assert no_proxy({"no_proxy": "a.example,localhost"})["no_proxy"] == (
        "a.example,localhost,127.0.0.1"
    )
