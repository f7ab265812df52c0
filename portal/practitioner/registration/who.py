"""Who is registering: somebody without an account, whom a code has let in.

A page of theirs takes ``who: Registering``, or ``Annotated[..., Depends(newcomer)]``. Whoever was
not let in is led to the page where a code is asked for.
"""

from typing import Annotated

from fastapi import Depends, Request
from fastapi.responses import RedirectResponse, Response

from desk.accounts.newcomers import CameIn, who_came_in
from portal.web.clock import Now
from portal.web.cookies import Cookie, read_cookie
from portal.web.languages import with_language
from rules.errors import NotAllowed

REGISTER = "/register"
STEPS = "/register/steps"
READ = ["GET", "HEAD"]
UNREADABLE = 422
REFUSED = 403
MOVED = 409


class CodeNeeded(NotAllowed):
    """This page is for whoever was let in to register."""


async def came_in(request: Request, now: Now) -> CameIn | None:
    """Who was let in; None for nobody. The page's frame is told."""
    token = read_cookie(request, Cookie.NEWCOMER)
    found = await who_came_in(token, now=now) if token is not None else None
    request.state.newcomer = found
    return found


async def newcomer(request: Request, now: Now) -> CameIn:
    """Whoever was let in; raises `CodeNeeded`, which leads to the page that asks for a code."""
    found = await came_in(request, now)
    if found is None:
        raise CodeNeeded
    return found


Registering = Annotated[CameIn, Depends(newcomer)]
MaybeRegistering = Annotated[CameIn | None, Depends(came_in)]


def to_code(request: Request) -> Response:
    """To the page where a code is asked for: what was written is found again by it."""
    return RedirectResponse(with_language(request, REGISTER), status_code=303)
