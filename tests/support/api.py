"""Another system that calls the API with its key."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
from fastapi import FastAPI

from support.people import contact_change

BASE = "http://portal.test/api/v1"


class System:
    """Another system; what it sends, and what it is told."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self.client = client

    async def submit(
        self, wish: dict[str, Any], *, key: str = "renewal-0001", kind: str = "profile-updates"
    ) -> httpx.Response:
        """Hand a submission in."""
        headers = {"Idempotency-Key": key}
        return await self.client.post(f"/{kind}", json=wish, headers=headers)

    async def read(self, code: str, **headers: str) -> httpx.Response:
        """How a request stands."""
        return await self.client.get(f"/requests/{code}", headers=headers)

    async def press(self, code: str, act: str) -> httpx.Response:
        """Ask for something that needs no body."""
        return await self.client.post(f"/requests/{code}/{act}")


@asynccontextmanager
async def system_of(app: FastAPI, key: str) -> AsyncIterator[System]:
    """A system with this key."""
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app),
        base_url=BASE,
        headers={"Authorization": f"Bearer {key}"},
    ) as client:
        yield System(client)


def wish(**more: Any) -> dict[str, Any]:
    """Noura's new mobile, as a system sends it: its key is a header."""
    sent = contact_change(**more)
    del sent["idempotency_key"]
    return sent


def problem_of(answer: httpx.Response) -> tuple[int, str]:
    """The status and the code of a problem, which is one."""
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    assert body["status"] == answer.status_code
    assert body["title_ar"]
    return answer.status_code, body["code"]
