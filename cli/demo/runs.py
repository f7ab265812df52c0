"""Runs of deployments, as the demo starts them and waits for them: by Prefect's own API."""

import json
import time
from base64 import b64encode
from typing import Any
from urllib.request import Request, urlopen

from stack.running import RunningStack

#: A look costs the server as much as a step of a request, and a dozen requests are looked at.
_LOOK_SECONDS = 0.5


def start_run(stack: RunningStack, deployment: str) -> str:
    """Start a run of this deployment (``flow/name``), as somebody in the UI would; its id."""
    found = _call(stack, f"deployments/name/{deployment}")
    document = {"state": {"type": "SCHEDULED"}}
    return str(_call(stack, f"deployments/{found['id']}/create_flow_run", document)["id"])


def state_shown(stack: RunningStack, run_id: str, state: str, *, within: float) -> str:
    """The name of the run's state, once it is this one or so many seconds have passed."""
    deadline = time.monotonic() + within
    while True:
        found = str(_call(stack, f"flow_runs/{run_id}")["state"]["name"])
        if found in {state, "Failed", "Crashed"} or time.monotonic() > deadline:
            return found
        time.sleep(_LOOK_SECONDS)


def _call(stack: RunningStack, path: str, document: dict[str, Any] | None = None) -> dict[str, Any]:
    body = None if document is None else json.dumps(document).encode()
    headers = {"Content-Type": "application/json"}
    if known := stack.environment().get("PREFECT_API_AUTH_STRING"):
        headers["Authorization"] = f"Basic {b64encode(known.encode()).decode()}"
    request = Request(f"{stack.prefect_api_url}/{path}", data=body, headers=headers)  # noqa: S310 - our own server
    with urlopen(request, timeout=120) as answer:  # noqa: S310 - as above
        found: dict[str, Any] = json.load(answer)
    return found
