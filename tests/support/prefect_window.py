"""What operations see of a request in Prefect, through its API as the UI uses it."""

import asyncio
import os
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

import httpx

from desk.requests.waiting import load_request
from support.patience import Patience
from support.stack import is_alive, wait_until

T = TypeVar("T")
#: Seconds that Prefect may take to show something.
PATIENCE = 30.0


@dataclass(frozen=True)
class Form:
    """A Resume form that was shown and filled in."""

    key: str
    description: str


class PrefectWindow:
    """Prefect's API, read as a person reads its UI."""

    def __init__(self, api_url: str) -> None:
        self._api_url = api_url

    async def run(self, tracking_code: str) -> dict[str, Any]:
        """The run of this request."""
        async with self._client() as client:
            return await self._run(client, tracking_code)

    async def outcome_of(self, tracking_code: str) -> str:
        """The name of the run's last state, once it has ended."""

        async def ended(client: httpx.AsyncClient) -> str | None:
            state = (await self._run(client, tracking_code))["state"]
            ends = {"COMPLETED", "FAILED", "CRASHED", "CANCELLED"}
            return state["name"] if state["type"] in ends else None

        return await self._until(ended, f"the run of {tracking_code} has ended")

    async def process_ended(self, tracking_code: str) -> None:
        """Return once the process that a process worker gave to the run is gone."""
        pid = int((await self.run(tracking_code))["infrastructure_pid"].rpartition(":")[2])
        await asyncio.to_thread(wait_until, lambda: not is_alive(pid), within=PATIENCE)

    async def waits_at(self, state_name: str, tracking_code: str) -> dict[str, Any]:
        """The run, once it is in the state of this name."""

        async def there(client: httpx.AsyncClient) -> dict[str, Any] | None:
            run = await self._run(client, tracking_code)
            return run if run["state"]["name"] == state_name else None

        return await self._until(there, f"the run of {tracking_code} is {state_name}")

    async def form(self, tracking_code: str, *, after: Form | None = None) -> Form:
        """The form that is shown, once there is another one than ``after``."""

        async def shown(client: httpx.AsyncClient) -> Form | None:
            run = await self._run(client, tracking_code)
            keys = run["state"]["state_details"].get("run_input_keyset")
            if not keys or (after and keys["schema"] == after.key):
                return None
            answer = await client.get(f"/flow_runs/{run['id']}/input/{keys['description']}")
            return Form(keys["schema"], answer.json()) if answer.is_success else None

        return await self._until(shown, f"the run of {tracking_code} shows a form")

    async def resume(
        self, tracking_code: str, answer: dict[str, Any], *, after: Form | None = None
    ) -> Form:
        """Fill in the form that is shown and press Resume; returns the form."""
        form = await self.form(tracking_code, after=after)
        async with self._client() as client:
            run = await self._run(client, tracking_code)
            pressed = await client.post(
                f"/flow_runs/{run['id']}/resume", json={"run_input": answer}
            )
            assert pressed.json()["status"] == "ACCEPT", pressed.text
        return form

    async def cancel(self, tracking_code: str) -> None:
        """Press Cancel, which sets the state that the UI's button sets."""
        async with self._client() as client:
            run = await self._run(client, tracking_code)
            state = {"type": "CANCELLING", "name": "Cancelling"}
            pressed = await client.post(f"/flow_runs/{run['id']}/set_state", json={"state": state})
            # Prefect answers a suspended run's cancelling with the final state at once.
            assert pressed.json()["state"]["type"] in {"CANCELLING", "CANCELLED"}, pressed.text

    async def events(self, tracking_code: str, *, last: str) -> list[str]:
        """What the events about this request say, oldest first, once ``last`` is among them."""
        return await self.events_of(f"mumaris.request.{tracking_code}", last=last)

    async def events_of(self, resource: str, *, last: str) -> list[str]:
        """The same for anything that events are about."""
        wanted = {
            "filter": {
                "resource": {"id": [resource]},
                "order": "ASC",
            }
        }

        async def told(client: httpx.AsyncClient) -> list[str] | None:
            answer = (await client.post("/events/filter", json=wanted)).raise_for_status()
            names = [event["event"] for event in answer.json()["events"]]
            return names if last in names else None

        return await self._until(told, f"{last} is told of {resource}")

    async def timeline(self, tracking_code: str, *, saying: str) -> str:
        """The newest timeline artifact of the request, once it says this: it follows the truth."""

        async def told(client: httpx.AsyncClient) -> str | None:
            answer = await client.get(f"/artifacts/request-{tracking_code.lower()}/latest")
            said = str(answer.json().get("data", ""))
            return said if saying in said else None

        return await self._until(told, f"the timeline of {tracking_code} says {saying}")

    def _client(self) -> httpx.AsyncClient:
        known = os.environ.get("PREFECT_API_AUTH_STRING")
        auth = httpx.BasicAuth(*known.split(":", 1)) if known else None
        return httpx.AsyncClient(base_url=self._api_url, timeout=60, auth=auth)

    async def _run(self, client: httpx.AsyncClient, tracking_code: str) -> dict[str, Any]:
        run_id = (await load_request(tracking_code)).flow_run_id
        assert isinstance(run_id, UUID), "the request has no run yet"
        answer = await client.get(f"/flow_runs/{run_id}")
        found: dict[str, Any] = answer.raise_for_status().json()
        return found

    async def _until(
        self, look: Callable[[httpx.AsyncClient], Awaitable[T | None]], claim: str
    ) -> T:
        patience = Patience(PATIENCE)
        async with self._client() as client:
            while (found := await look(client)) is None:
                assert not patience.is_at_its_end, f"it never came to be that {claim}"
                await asyncio.sleep(0.05)
            return found
