"""What a receiver checks before it believes a webhook."""

import json

import pytest

from mumaris_client import WebhookRefused, verify_webhook
from rules.webhooks.signing import signed_headers, write_secret

SECRET, BEFORE, ANOTHER = (letter * 32 for letter in (b"s", b"b", b"a"))
BODY = json.dumps({"id": "1", "data": {"status": "activated"}}).encode()
AT = 1_790_000_000


def headers(*secrets: bytes, body: bytes = BODY) -> dict[str, str]:
    """As they come with it; their names in whatever case."""
    signed = signed_headers("1", body, secrets or (SECRET,), timestamp=AT)
    return {name.title(): value for name, value in signed.items()}


@pytest.mark.parametrize("known", [SECRET, BEFORE])
def test_a_webhook_of_ours_is_read(known: bytes) -> None:
    """Signed by two secrets while one is rotated: the receiver may know either."""
    event = verify_webhook(headers(SECRET, BEFORE), BODY, write_secret(known), now=AT + 299)

    assert event["data"]["status"] == "activated"


@pytest.mark.parametrize(
    ("sent", "body", "now"),
    [
        (headers(ANOTHER), BODY, AT),
        (headers(), BODY.replace(b"activated", b"rejected"), AT),
        (headers() | {"Webhook-Id": "2"}, BODY, AT),
        (headers() | {"Webhook-Timestamp": f"{AT + 1}"}, BODY, AT),
        (headers() | {"Webhook-Timestamp": "soon"}, BODY, AT),
        (headers() | {"Webhook-Signature": "v1,é"}, BODY, AT),
        (headers() | {"Webhook-Signature": ""}, BODY, AT),
        ({}, BODY, AT),
        (headers(), BODY, AT + 301),
        (headers(), BODY, AT - 301),
    ],
)
def test_any_other_is_refused(sent: dict[str, str], body: bytes, now: float) -> None:
    """Another's, changed, incomplete, or recorded and sent again."""
    with pytest.raises(WebhookRefused):
        verify_webhook(sent, body, write_secret(SECRET), now=now)
