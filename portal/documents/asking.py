"""Who is asking: said by whoever builds the application, until people sign in."""

from collections.abc import Awaitable, Callable

from fastapi import Request
from starlette.exceptions import HTTPException

from desk.looks import Looker
from models.access_log import Viewer

#: Says who is asking, before anything else is looked at; None where nobody has signed in.
Who = Callable[[Request], Awaitable[Looker | None]]


async def somebody(request: Request) -> Looker:
    """Who is asking; nobody is answered with 401."""
    who: Who = request.app.state.who
    asking = await who(request)
    if asking is None:
        raise HTTPException(401)
    return asking


async def owner(request: Request) -> str:
    """The registration number of the practitioner who is asking; anybody else gets 403."""
    asking = await somebody(request)
    if asking.kind is not Viewer.PRACTITIONER:
        raise HTTPException(403)
    return asking.name
