"""How a webhook is signed, so that its receiver knows whose it is: Standard Webhooks, v1.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

import hmac
from base64 import b64encode
from collections.abc import Mapping, Sequence

#: Bytes of a secret; the standard asks for 24 to 64.
SECRET_BYTES = 32
_MARK = "whsec_"


def write_secret(secret: bytes) -> str:
    """The secret as its receiver keeps it."""
    return f"{_MARK}{b64encode(secret).decode()}"


def signed_headers(
    webhook_id: str, body: bytes, secrets: Sequence[bytes], *, timestamp: int
) -> Mapping[str, str]:
    """What travels beside the body: a signature by each secret, the newest first.

    ``timestamp`` is in seconds, of this attempt: what was recorded on the way is too old soon.
    """
    signed = f"{webhook_id}.{timestamp}.".encode() + body
    signatures = (hmac.digest(secret, signed, "sha256") for secret in secrets)
    return {
        "webhook-id": webhook_id,
        "webhook-timestamp": f"{timestamp}",
        "webhook-signature": " ".join(f"v1,{b64encode(each).decode()}" for each in signatures),
    }
