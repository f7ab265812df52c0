"""`mumaris deploy`: what Prefect must know before the first run, without a question."""

import threading
import time
from collections.abc import AsyncIterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
import yaml
from prefect.client.orchestration import PrefectClient
from prefect.client.schemas.actions import WorkPoolUpdate

from stack.local import POOL, POOL_TYPE, ROOT
from stack.ports import free_port
from stack.prefect_server import PrefectServer
from support.shell import mumaris


@pytest.fixture
async def prefect(
    prefect_server: PrefectServer, database: str, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[PrefectClient]:
    """A server without our pool and deployments, which the environment names."""
    for name, value in prefect_server.client_env().items():
        monkeypatch.setenv(name, value)
    async with PrefectClient(prefect_server.api_url) as client:
        await empty(client)
        yield client
        await empty(client)


async def empty(client: PrefectClient) -> None:
    """As a server that nobody has deployed to."""
    for deployment in await client.read_deployments():
        await client.delete_deployment(deployment.id)
    for pool in await client.read_work_pools():
        await client.delete_work_pool(pool.name)


async def test_a_server_gets_the_pool_and_all_deployments(prefect: PrefectClient) -> None:
    """As prefect.yaml describes them, and a run fetches nothing before it begins."""
    answer = await mumaris("deploy")

    assert answer.exit_code == 0, answer.output
    assert (await prefect.read_work_pool(POOL)).type == POOL_TYPE
    wanted = yaml.safe_load((ROOT / "prefect.yaml").read_text())["deployments"]
    made = {each.name: each for each in await prefect.read_deployments()}
    assert made.keys() == {each["name"] for each in wanted}
    assert all(not each.pull_steps for each in made.values())
    assert {name: each.entrypoint for name, each in made.items()} == {
        each["name"]: each["entrypoint"] for each in wanted
    }


async def test_a_pool_that_somebody_has_paused_stays_paused(prefect: PrefectClient) -> None:
    """An upgrade starts nothing that was stopped on purpose."""
    await mumaris("deploy")
    await prefect.update_work_pool(POOL, WorkPoolUpdate(is_paused=True))

    assert (await mumaris("deploy")).exit_code == 0

    assert (await prefect.read_work_pool(POOL)).is_paused


async def test_a_pool_of_another_type_is_named_and_left(prefect: PrefectClient) -> None:
    """Its workers would not take the runs, or would take them otherwise than was meant."""
    assert (await mumaris("deploy", "--type", "process")).exit_code == 0
    assert (await prefect.read_work_pool(POOL)).type == "process"

    answer = await mumaris("deploy")

    assert answer.exit_code == 1
    assert "is of type process: say `--type process`" in answer.stderr
    assert (await prefect.read_work_pool(POOL)).type == "process"


async def test_what_prefect_refuses_is_told(prefect: PrefectClient) -> None:
    """With Prefect's own last words."""
    answer = await mumaris("deploy", "--type", "no-such-type")

    assert answer.exit_code == 4
    assert "no-such-type" in answer.stderr
    assert await prefect.read_work_pools() == []


class Busy(BaseHTTPRequestHandler):
    """A server that answers a question later than others wait for it."""

    def do_GET(self) -> None:
        """With a pool that is not ours."""
        time.sleep(0.5)
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b'{"type": "process"}')

    def log_message(self, *_: object) -> None:
        """Not on the screen."""


async def test_a_busy_server_is_waited_for(monkeypatch: pytest.MonkeyPatch, database: str) -> None:
    """It has much to do just when an upgrade deploys."""
    monkeypatch.setattr("cli.work.prefect_look._SECONDS", 0.1)
    with HTTPServer(("127.0.0.1", 0), Busy) as server:
        monkeypatch.setenv("PREFECT_API_URL", f"http://127.0.0.1:{server.server_port}/api")
        threading.Thread(target=server.handle_request).start()

        answer = await mumaris("deploy")

    assert answer.exit_code == 1
    assert "is of type process" in answer.stderr


@pytest.mark.parametrize("named", [True, False])
async def test_without_a_server_nothing_is_deployed(
    monkeypatch: pytest.MonkeyPatch, database: str, *, named: bool
) -> None:
    """Not even to a server that Prefect starts for the time of its command."""
    monkeypatch.delenv("PREFECT_API_URL", raising=False)
    if named:
        monkeypatch.setenv("PREFECT_API_URL", f"http://127.0.0.1:{free_port(0)}/api")

    answer = await mumaris("deploy")

    assert answer.exit_code == 4
    assert ("cannot be reached" if named else "set PREFECT_API_URL") in answer.stderr
