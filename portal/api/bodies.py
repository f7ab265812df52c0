"""What a machine sends: JSON, and headers, each hostile until it is read."""

import re
from collections.abc import Mapping
from typing import Any, TypeVar

from fastapi import Request
from pydantic import TypeAdapter
from starlette.exceptions import HTTPException

from desk.kinds.reading import SubmissionRefused, read_json, shaped
from desk.policy import current_policy
from rules.findings.problems import problem
from rules.values.tracking_code import parse_tracking_code

T = TypeVar("T")

#: ``application/json``, in UTF-8 where it says anything of that (RFC 8259 knows no other).
_JSON = re.compile(
    r'application/json\s*(?:;\s*charset\s*=\s*"?utf-8"?\s*)?', re.ASCII | re.IGNORECASE
)
#: Nothing that we take is deeper than four; Python's own limit is far above.
_DEEPEST = 20
_SIZE = re.compile(r"[1-9][0-9]{0,2}", re.ASCII)
#: Items of a page.
MOST, USUAL = 200, 50
_NOT_ACCEPTED = 415


async def json_body(request: Request) -> Mapping[str, Any]:
    """The JSON object of the body.

    Raises 415 for another type or another charset, and `SubmissionRefused` for what is no object,
    too big, too deep, has a name twice, or a number that JSON does not have.
    """
    if _JSON.fullmatch(request.headers.get("content-type", "")) is None:
        raise HTTPException(_NOT_ACCEPTED)
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise HTTPException(_NOT_ACCEPTED)
    most = current_policy().limits.submission_bytes
    body = read_json(await request.body(), most_bytes=most)
    if _is_deeper(body, _DEEPEST):
        raise SubmissionRefused([problem("not_json", "submission")])
    return body


async def body_as(adapter: TypeAdapter[T], request: Request) -> T:
    """The body as this type; raises as `json_body`, and `SubmissionRefused` with every misfit."""
    return shaped(adapter, await json_body(request))


def idempotency_key(request: Request) -> str:
    """The header of this name; empty where it is missing or stands there twice."""
    sent = request.headers.getlist("idempotency-key")
    return sent[0] if len(sent) == 1 else ""


def page_size(request: Request) -> int:
    """How many items a page may have: ``limit``; raises `SubmissionRefused` for nonsense."""
    size = request.query_params.get("limit", f"{USUAL}")
    if _SIZE.fullmatch(size) is None or int(size) > MOST:
        raise SubmissionRefused([problem("page_size_wrong", "limit", limit=MOST)])
    return int(size)


def code_of(typed: str) -> str:
    """The canonical tracking code; raises `NotATrackingCode`, which is answered as unknown."""
    return parse_tracking_code(typed)


def _is_deeper(value: Any, levels: int) -> bool:
    if not isinstance(value, dict | list):
        return False
    inner = value.values() if isinstance(value, dict) else value
    return levels == 0 or any(_is_deeper(one, levels - 1) for one in inner)
