"""Whether Prefect answers, and whether a worker is there: asked by its API, without its library."""

import base64
import http.client
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.error import HTTPError
from urllib.request import ProxyHandler, Request, build_opener

from stack.local import POOL

_SECONDS = 5.0
#: Whoever asks for our own server does not ask a proxy.
_OPENER = build_opener(ProxyHandler({}))


@dataclass(frozen=True)
class PrefectSeen:
    """What Prefect says; nothing is known where the environment names no server."""

    api_url: str | None
    #: Why it cannot be used; None where it can.
    trouble: str | None = None
    workers_online: int | None = None


def look_at_prefect(environment: Mapping[str, str] = os.environ) -> PrefectSeen:
    """Ask the server that the environment names, for a few seconds at most."""
    api_url = environment.get("PREFECT_API_URL")
    if not api_url:
        return PrefectSeen(None)
    try:
        workers = ask_prefect(environment, f"/work_pools/{POOL}/workers/filter", {})
    except (OSError, ValueError, http.client.HTTPException) as error:
        return PrefectSeen(api_url, said_of_prefect(error))
    return PrefectSeen(api_url, None, sum(each["status"] == "ONLINE" for each in workers))


def answers_strangers(api_url: str) -> bool:
    """Whether it tells somebody without a password of its runs."""
    try:
        ask_prefect({"PREFECT_API_URL": api_url}, "/flows/filter", {})
    except (OSError, ValueError, http.client.HTTPException):
        return False  # refused, which is an HTTPError, or away
    return True


def said_of_prefect(error: Exception) -> str:
    """Why a question was not answered, in words."""
    if isinstance(error, HTTPError):
        return _REFUSALS.get(error.code, f"it answers {error.code}")
    return f"it cannot be reached ({type(error).__name__})"


_REFUSALS: dict[int, str] = {
    http.HTTPStatus.UNAUTHORIZED: "it asks for a password: set PREFECT_API_AUTH_STRING",
    http.HTTPStatus.NOT_FOUND: f"it has no work pool {POOL}: run `mumaris deploy`",
}


def ask_prefect(
    environment: Mapping[str, str], path: str, body: object = None, *, within: float | None = None
) -> Any:
    """What its API answers at this path: to a POST of the body, or to a GET where there is none.

    It has a few seconds, or as many as ``within`` says.
    Raises ``OSError`` (an ``HTTPError`` among them), ``HTTPException`` or ``ValueError``.
    """
    headers = {"Content-Type": "application/json"}
    password = environment.get("PREFECT_API_AUTH_STRING")
    if password:
        headers["Authorization"] = f"Basic {base64.b64encode(password.encode()).decode()}"
    url = environment["PREFECT_API_URL"].rstrip("/") + path
    data = None if body is None else json.dumps(body).encode()
    request = Request(url, data=data, headers=headers)  # noqa: S310 - the server that we work with
    with _OPENER.open(request, timeout=within or _SECONDS) as answer:
        return json.load(answer)
