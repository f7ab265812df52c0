"""What a webhook tells, once its signature was checked: Standard Webhooks, and a CloudEvent."""

import hmac
import json
import time
from base64 import b64decode, b64encode
from collections.abc import Mapping
from typing import Any, TypedDict, cast

#: Seconds that its time may be off: what somebody recorded is not taken later.
_TOLERATED = 300
_MARK = "whsec_"


class WebhookRefused(Exception):
    """It is not from Mumaris, was changed on its way, or is sent again by somebody who saw it."""


class RequestMoved(TypedDict):
    """That a request came to a status."""

    tracking_code: str
    kind: str
    status: str
    status_before: str | None
    reason_code: str | None
    round: int


class WebhookEvent(TypedDict):
    """One event. Its ``id`` stays however often it is told: drop what you had."""

    specversion: str
    id: str
    source: str
    type: str
    subject: str
    time: str
    datacontenttype: str
    data: RequestMoved


def verify_webhook(
    headers: Mapping[str, str], body: bytes, *secrets: str, now: float | None = None
) -> WebhookEvent:
    """The event of a webhook that one of these secrets has signed; raises `WebhookRefused`.

    ``body`` is what came, byte for byte. While a secret is rotated, give both. ``now`` is in
    seconds, and for tests.
    """
    found = {name.lower(): value for name, value in headers.items()}
    try:
        webhook_id, timestamp = found["webhook-id"], found["webhook-timestamp"]
        signatures = found["webhook-signature"].split(" ")
        is_late = abs((time.time() if now is None else now) - int(timestamp)) > _TOLERATED
    except (KeyError, ValueError):
        raise WebhookRefused("its headers are missing") from None
    signed = f"{webhook_id}.{timestamp}.".encode() + body
    made = [_signature(secret, signed) for secret in secrets]
    if not any(_is_same(each, sent) for each in made for sent in signatures):
        raise WebhookRefused("its signature is wrong")
    if is_late:
        raise WebhookRefused("its time is too far from now")
    event: Any = json.loads(body)
    return cast("WebhookEvent", event)


def _signature(secret: str, signed: bytes) -> str:
    key = b64decode(secret.removeprefix(_MARK))
    return f"v1,{b64encode(hmac.digest(key, signed, 'sha256')).decode()}"


def _is_same(made: str, sent: str) -> bool:
    return hmac.compare_digest(made.encode(), sent.encode())
