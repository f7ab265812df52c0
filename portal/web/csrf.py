"""That a form was sent by a page of ours, and by the browser that was shown it.

Two things must hold. The browser says that the request comes from our own origin: by
``Sec-Fetch-Site``, or, where it is too old for that, by ``Origin``. And the form holds a token that
is bound to the session, or to the visit of somebody who is not signed in: it lives as long as they
do, so that a form which was open for long is not too old.
"""

import hashlib
import hmac
import secrets
from urllib.parse import urlsplit

from fastapi import Request

from portal.web.cookies import Cookie, read_cookie
from portal.web.settings import portal_origin

FIELD = "csrf"
_PURPOSE = b"form"


def form_token(request: Request) -> str:
    """The token for the forms of this answer; begins a visit where the browser has none."""
    secret = bound_to(request)
    if secret is None:
        secret = new_visit(request) or secrets.token_urlsafe(32)
        request.state.new_visit = secret
    return _token(secret)


def bound_to(request: Request) -> str | None:
    """What this browser's forms are bound to: its session, over or not, or its visit."""
    return read_cookie(request, Cookie.SESSION) or read_cookie(request, Cookie.VISIT)


def new_visit(request: Request) -> str | None:
    """The visit that this answer begins; None where it begins none."""
    found: str | None = getattr(request.state, "new_visit", None)
    return found


def is_ours(request: Request, token: str, *, by_link: bool = False) -> bool:
    """Whether one of our pages sent this form, in this browser.

    ``by_link`` is a page whose own address is a secret and which therefore sends no referrer: an
    old browser says ``Origin: null`` there, and the token alone decides.
    """
    bound = (read_cookie(request, Cookie.SESSION), read_cookie(request, Cookie.VISIT))
    known = [_token(secret) for secret in bound if secret is not None]
    given = token.encode("utf-8", "surrogatepass")
    fits = any(hmac.compare_digest(each.encode(), given) for each in known)
    return fits and _comes_from_us(request, by_link=by_link)


def _comes_from_us(request: Request, *, by_link: bool) -> bool:
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    origin = request.headers.get("origin")
    if origin == "null":
        return by_link
    return origin is not None and _is_our_origin(origin, request)


def _is_our_origin(origin: str, request: Request) -> bool:
    """The portal's address, or the host that the browser itself has just asked."""
    if origin == portal_origin():
        return True
    try:
        found = urlsplit(origin)
    except ValueError:
        return False
    return found.scheme in {"http", "https"} and found.netloc == request.headers.get("host")


def _token(secret: str) -> str:
    return hmac.new(secret.encode(), _PURPOSE, hashlib.sha256).hexdigest()
