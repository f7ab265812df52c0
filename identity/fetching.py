"""Ask a provider over HTTP: one question, a time limit, a size limit, no redirects."""

import asyncio
import json
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import httpx

from identity.provider import ProviderAway

#: For the whole of one answer: somebody waits for the page meanwhile.
SECONDS = 5.0
#: A provider's keys and tokens are a few thousand bytes.
MOST_BYTES = 131_072
_SERVER_ERRORS = 500


@dataclass(frozen=True)
class ProviderAnswer:
    """What a provider answers, where that is a JSON object."""

    status: int
    content: Mapping[str, Any]


async def get_json(address: str) -> Mapping[str, Any]:
    """What stands there; raises `ProviderAway` for anything but a JSON object."""
    answer = await _ask("GET", address)
    if answer.status != httpx.codes.OK:
        raise ProviderAway(f"status {answer.status}")
    return answer.content


async def post_form(
    address: str, fields: Mapping[str, str], *, auth: tuple[str, str] | None = None
) -> ProviderAnswer:
    """Send a form, with a name and a password; raises `ProviderAway`, also for a status of 5xx."""
    return await _ask("POST", address, data=fields, auth=auth)


async def _ask(method: str, address: str, **content: Any) -> ProviderAnswer:
    try:
        async with asyncio.timeout(SECONDS), _client() as client:
            request = client.build_request(
                method,
                address,
                data=content.get("data"),
                # What is packed could be small on the way and anything here.
                headers={"Accept": "application/json", "Accept-Encoding": "identity"},
            )
            answer = await client.send(request, auth=content.get("auth"), stream=True)
            try:
                return _read(answer.status_code, await _body(answer))
            finally:
                await answer.aclose()
    except TimeoutError:
        raise ProviderAway(f"nothing whole within {SECONDS:g} s") from None
    except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
        # Its text may quote what was sent.
        raise ProviderAway(type(error).__name__) from None


def _client() -> httpx.AsyncClient:
    return httpx.AsyncClient(verify=_trusted(), timeout=SECONDS, follow_redirects=False)


@cache
def _trusted() -> ssl.SSLContext:
    """Whose certificates are believed; also those that ``SSL_CERT_FILE`` names."""
    return httpx.create_ssl_context()


async def _body(answer: httpx.Response) -> bytes:
    if answer.headers.get("content-encoding", "identity") != "identity":
        raise ProviderAway("an answer that is packed")
    body = b""
    async for part in answer.aiter_raw():
        body += part
        if len(body) > MOST_BYTES:
            raise ProviderAway(f"more than {MOST_BYTES} bytes")
    return body


def _read(status: int, body: bytes) -> ProviderAnswer:
    if status >= _SERVER_ERRORS:
        raise ProviderAway(f"status {status}")
    try:
        content = json.loads(body)
    except (ValueError, RecursionError):
        raise ProviderAway(f"status {status}, and no JSON") from None
    if not isinstance(content, dict):
        raise ProviderAway(f"status {status}, and no JSON object")
    return ProviderAnswer(status, content)
