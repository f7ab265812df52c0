"""How a request's run is made, with a Prefect client that only remembers."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, cast
from uuid import UUID, uuid4

import httpx
import pytest
from prefect.client.orchestration import PrefectClient
from prefect.exceptions import ObjectNotFound

from models.requests import Request
from rules.requests.statuses import Kind
from tasks.runs.in_prefect import make_run

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
RUN = SimpleNamespace(id=uuid4())


@dataclass
class Server:
    """A server with one deployment, as its client shows it."""

    deployment_id: UUID = field(default_factory=uuid4)
    #: No other server has it.
    api_url: str = field(default_factory=lambda: f"http://{uuid4()}/api")
    asked: int = 0
    keys: list[str] = field(default_factory=list)

    async def read_deployment_by_name(self, name: str) -> SimpleNamespace:
        """Find the deployment."""
        assert name == "profile-update/profile-update"
        self.asked += 1
        return SimpleNamespace(id=self.deployment_id)

    async def create_flow_run_from_deployment(self, wanted: UUID, **more: Any) -> SimpleNamespace:
        """Make a run, or answer 404 where the deployment is not this one."""
        if wanted != self.deployment_id:
            response = httpx.Response(404, request=httpx.Request("POST", self.api_url))
            response.raise_for_status()
        self.keys.append(more["idempotency_key"])
        return RUN

    @property
    def client(self) -> PrefectClient:
        """The server as `make_run` takes it."""
        return cast("PrefectClient", self)


def a_request(code: str) -> Request:
    """A request that has no run."""
    return Request(
        kind=Kind.PROFILE_UPDATE,
        tracking_code=code,
        practitioner_id=uuid4(),
        idempotency_key=code,
        submission={},
        submitted_at=NOW,
        status_since=NOW,
    )


async def test_the_deployment_is_looked_up_once() -> None:
    """Every further request comes to its gate one question sooner."""
    server = Server()

    made = [await make_run(server.client, a_request(code)) for code in ("AAAA-AAAA", "BBBB-BBBB")]

    assert made == [RUN.id, RUN.id]
    assert server.asked == 1
    assert server.keys == ["AAAA-AAAA-1", "BBBB-BBBB-1"]


async def test_another_server_has_another_deployment() -> None:
    """What one server calls by this name is not asked of the next."""
    first, second = Server(), Server()

    await make_run(first.client, a_request("AAAA-AAAA"))
    await make_run(second.client, a_request("AAAA-AAAA"))

    assert (first.asked, second.asked) == (1, 1)


async def test_a_deployment_that_was_deployed_anew_is_found_again() -> None:
    """The first attempt says that it is gone; the next one finds it under its new id."""
    server = Server()
    await make_run(server.client, a_request("AAAA-AAAA"))
    server.deployment_id = uuid4()

    with pytest.raises(ObjectNotFound):
        await make_run(server.client, a_request("BBBB-BBBB"))
    await make_run(server.client, a_request("BBBB-BBBB"))

    assert server.keys == ["AAAA-AAAA-1", "BBBB-BBBB-1"]
