"""The codes that are asked for beside a password: an authenticator app's, and those written down.

The app's are TOTP (RFC 6238) as every such app computes them: SHA-1, six digits, thirty seconds.
"""

import hashlib
import hmac
from datetime import datetime
from uuid import UUID

from pyotp import TOTP

from rules.values.as_typed import plain

STEP_SECONDS = 30
#: Steps before and after the present one whose codes are taken: clocks differ (RFC 6238, 5.2).
_AROUND = (0, -1, 1)
_DIGITS = 6


def step_of_code(typed: str, secret: str, *, now: datetime) -> int | None:
    """The step of thirty seconds whose code was typed; None where it is nobody's of these minutes.

    ``secret`` is base32. Every candidate is compared, each in constant time.
    """
    code = "".join(character for character in plain(typed) if character.isalnum())
    present = int(now.timestamp()) // STEP_SECONDS
    totp = TOTP(secret, digits=_DIGITS)
    fitting = [
        step
        for step in (present + around for around in _AROUND)
        if hmac.compare_digest(totp.generate_otp(step).encode(), code.encode())
    ]
    return fitting[0] if fitting else None


def recovery_hash(account_id: UUID, typed: str) -> str:
    """What is kept of a code that was written down; spaces, dashes and small letters are folded."""
    code = "".join(character for character in plain(typed).upper() if character.isalnum())
    return hashlib.sha256(f"{account_id}:{code}".encode()).hexdigest()
