"""Who is asking: the interface of pages that need a sign-in.

A practitioner's page takes ``who: Who`` and gets a `desk.accounts.signed_in.SignedIn`; whoever is
not signed in is led to the sign-in page and from there back. An officer's page takes
``who: Officer``, or ``Annotated[SignedIn, Depends(desk(Role.SUPERVISOR))]`` for one of some roles,
and a page for both takes ``who: Anybody``. A page that is for everybody takes ``visitor: Visitor``
and gets the same or None. Who must have shown lately that it is them: `portal.web.proving`. All of
them tell the page's frame who is signed in. A form holds ``{{ forms.csrf(csrf()) }}``, and
what receives it asks `portal.web.csrf.is_ours`.
"""

import re
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Annotated
from urllib.parse import urlencode

from fastapi import Depends, Request
from fastapi.responses import RedirectResponse, Response

from desk.accounts.signed_in import SignedIn, officer_with, whose_session
from portal.web.clock import Now
from portal.web.cookies import Cookie, read_cookie
from portal.web.languages import with_language
from rules.accounts.kinds import AccountKind, Role
from rules.errors import NotAllowed

#: A path of ours: nothing in it can name another host.
_PATH = re.compile(r"/(?:[A-Za-z0-9_-]+(?:/[A-Za-z0-9_-]+)*)?")
_LONGEST_PATH = 200
HOME = "/home"
DESK = "/desk"


class SignInNeeded(NotAllowed):
    """This page is for somebody who is signed in."""


class NotForOfficers(NotAllowed):
    """This page is a practitioner's, about their own file."""


async def visitor(request: Request, now: Now) -> SignedIn | None:
    """Who is signed in; None for nobody."""
    token = read_cookie(request, Cookie.SESSION)
    found = await whose_session(token, now=now) if token is not None else None
    request.state.signed_in = found
    return found


async def anybody(request: Request, now: Now) -> SignedIn:
    """Whoever is signed in; raises `SignInNeeded`, which leads to the sign-in page."""
    found = await visitor(request, now)
    if found is None:
        raise SignInNeeded
    return found


async def practitioner(request: Request, now: Now) -> SignedIn:
    """The practitioner who is signed in; raises `SignInNeeded`, and `NotForOfficers`."""
    found = await anybody(request, now)
    if found.kind is not AccountKind.PRACTITIONER:
        raise NotForOfficers
    return found


def desk(*roles: Role) -> Callable[[Request, datetime], Awaitable[SignedIn]]:
    """The officer who is signed in, and has one of these roles, where some are named.

    What depends on it raises `SignInNeeded`, and as `desk.accounts.signed_in.officer_with`.
    """

    async def officer(request: Request, now: Now) -> SignedIn:
        found = await anybody(request, now)
        officer_with(found, roles)
        return found

    return officer


Who = Annotated[SignedIn, Depends(practitioner)]
Anybody = Annotated[SignedIn, Depends(anybody)]
Officer = Annotated[SignedIn, Depends(desk())]
Visitor = Annotated[SignedIn | None, Depends(visitor)]


def to_sign_in(request: Request) -> Response:
    """To the sign-in page, and from there back to this one, where it is one that can be opened."""
    to = our_path(request.url.path) if request.method in {"GET", "HEAD"} else HOME
    # What was sent may have been kept: then there is a page that shows it.
    to = getattr(request.state, "goes_on_at", to)
    target = with_language(request, f"/sign-in?{urlencode({'to': to})}")
    return RedirectResponse(target, status_code=303)


def our_path(text: str) -> str:
    """The path, where it is one of ours; else the home page of whoever is signed in."""
    known = len(text) <= _LONGEST_PATH and _PATH.fullmatch(text)
    return text if known and text != "/" else HOME
