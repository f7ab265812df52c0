"""Runs of deployments, as the demo starts them and waits for them: by Prefect's own API."""

import json
import time
from typing import Any
from urllib.request import Request, urlopen

#: Seconds that Prefect may take to show a run's outcome.
_SHOWN_WITHIN = 60.0


def start_run(api_url: str, deployment: str, parameters: dict[str, Any]) -> str:
    """Start a run of this deployment (``flow/name``), as somebody in the UI would; its id."""
    found = _call(f"{api_url}/deployments/name/{deployment}")
    document = {"parameters": parameters, "state": {"type": "SCHEDULED"}}
    run = _call(f"{api_url}/deployments/{found['id']}/create_flow_run", document)
    return str(run["id"])


def ended_run(api_url: str, run_id: str) -> dict[str, Any]:
    """The run, once Prefect shows that it is complete or patience is at its end."""
    deadline = time.monotonic() + _SHOWN_WITHIN
    while True:
        run = _call(f"{api_url}/flow_runs/{run_id}")
        if run["state"]["type"] == "COMPLETED" or time.monotonic() > deadline:
            return run
        time.sleep(0.1)


def _call(url: str, document: dict[str, Any] | None = None) -> dict[str, Any]:
    body = None if document is None else json.dumps(document).encode()
    request = Request(url, data=body, headers={"Content-Type": "application/json"})  # noqa: S310 - our own server
    with urlopen(request, timeout=30) as answer:  # noqa: S310 - as above
        found: dict[str, Any] = json.load(answer)
    return found
