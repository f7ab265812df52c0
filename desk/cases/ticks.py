"""What an officer has to tick in a case, and has ticked: nobody sees what others have."""

from dataclasses import dataclass

from sqlmodel.ext.asyncio.session import AsyncSession

from desk.requests.ticked import what_to_tick
from models.officers import Officer
from models.requests import Request
from models.ticks import ticks_of


@dataclass(frozen=True, kw_only=True)
class Ticks:
    """The ticks of whoever looks, in the present round; none for who is no officer."""

    #: By the names of `rules.requests.ticks.to_tick`, in its order.
    needed: tuple[str, ...] = ()
    done: frozenset[str] = frozenset()


async def ticks_of_case(session: AsyncSession, request: Request, who: Officer | None) -> Ticks:
    """What is to be ticked in this valid request, and what this officer has ticked."""
    if who is None:
        return Ticks()
    done = await ticks_of(session, request, who.user_name)
    return Ticks(needed=what_to_tick(request), done=done)
