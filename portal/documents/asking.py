"""Who is asking: said by whoever builds the application, until people sign in."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from fastapi import Request
from starlette.exceptions import HTTPException


@dataclass(frozen=True)
class AskingPractitioner:
    """Somebody on the register, for their own documents."""

    registration_number: str


@dataclass(frozen=True)
class AskingOfficer:
    """An officer, for the documents of a request."""

    user_name: str


#: None where nobody has signed in.
Asking = AskingPractitioner | AskingOfficer | None
#: Says who is asking, before anything else is looked at.
Who = Callable[[Request], Awaitable[Asking]]


async def somebody(request: Request) -> AskingPractitioner | AskingOfficer:
    """Who is asking; nobody is answered with 401."""
    who: Who = request.app.state.who
    asking = await who(request)
    if asking is None:
        raise HTTPException(401)
    return asking


async def owner(request: Request) -> str:
    """The registration number of the practitioner who is asking; an officer gets 403."""
    asking = await somebody(request)
    if isinstance(asking, AskingOfficer):
        raise HTTPException(403)
    return asking.registration_number
