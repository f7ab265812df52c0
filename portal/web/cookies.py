"""The cookies of the portal: what a browser keeps of a session, a visit and a sign-in before.

Their names begin with ``__Host-``, so that no other host and no plain connection can set or read
them. A portal at an ``http://`` address, as on a developer's own machine, uses other names without
``Secure``: browsers differ in whether they keep a secure cookie there, and one that was set over
plain HTTP is never taken for one that was not.
"""

import re
from enum import StrEnum

from fastapi import Request
from fastapi.responses import Response

from portal.web.settings import is_secure

#: As `secrets.token_urlsafe` writes 256 bits.
_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")


class Cookie(StrEnum):
    """What a browser keeps for us."""

    #: The session's token.
    SESSION = "session"
    #: At random, for whoever is not signed in: what forms are bound to.
    VISIT = "visit"
    #: Half of a sign-in: the password was right.
    HALF_WAY = "half-way"
    #: What sign-ins by an identity provider are bound to, on their way there and back.
    AWAY = "away"
    #: Of somebody without an account, who registers: a code that was asked for, or let them in.
    NEWCOMER = "newcomer"
    #: That an account has signed in in this browser.
    DEVICE = "device"
    #: That an officer wants no keys at the review desk: no token, and nothing hangs on it.
    KEYS = "keys"


def cookie_name(cookie: Cookie) -> str:
    """The cookie's name at this portal's address."""
    return f"__Host-{cookie}" if is_secure() else cookie.value


def read_cookie(request: Request, cookie: Cookie) -> str | None:
    """The token in the cookie; None for anything that is no token of ours."""
    text = request.cookies.get(cookie_name(cookie), "")
    return text if _TOKEN.fullmatch(text) else None


def keep_cookie(
    response: Response, cookie: Cookie, token: str, *, seconds: int | None = None
) -> None:
    """Let the browser keep it: until it is closed, or for so many seconds."""
    response.set_cookie(
        cookie_name(cookie),
        token,
        max_age=seconds,
        path="/",
        secure=is_secure(),
        httponly=True,
        # Not "strict": whoever comes by a link in an e-mail would seem to be signed out.
        samesite="lax",
    )


def drop_cookie(response: Response, cookie: Cookie) -> None:
    """Let the browser forget it."""
    response.delete_cookie(
        cookie_name(cookie), path="/", secure=is_secure(), httponly=True, samesite="lax"
    )
