"""Who else reads a case, as the page of it is told while it is open (server-sent events)."""

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Annotated
from uuid import UUID, uuid4

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response, StreamingResponse
from starlette.background import BackgroundTask

from desk.accounts.signed_in import SignedIn, officer_with, whose_session
from desk.cases.readers import are_readers_told, reads_no_more, still_reads
from models.database import is_passing
from portal.officers.start import code_of, name_of
from portal.web.clock import Now
from portal.web.cookies import Cookie, read_cookie
from portal.web.who import SignInNeeded
from rules.accounts.kinds import REVIEWING

router = APIRouter()

READERS = "/desk/readers/"
#: Seconds between two looks.
_EVERY = 2.0
#: Seconds of one stream: whoever asks anew is looked at anew.
_LONGEST = 120.0
#: A browser comes back after so many milliseconds: sooner than others take it for gone.
_BACK_IN, _BACK_LATER = 1_000, 60_000
#: An answer by which a browser asks no more.
_NOTHING = 204


class Streams:
    """The streams of this process: so many at once, and so many of one officer."""

    def __init__(self, most: int = 100, of_one: int = 4) -> None:
        self._most = most
        self._of_one = of_one
        self._open = Counter[str]()
        #: Set when the process is told to stop: an open stream would hold it up.
        self.are_over = False

    @contextmanager
    def place(self, officer: str) -> Iterator[bool]:
        """Whether there is one for this officer, for as long as it takes."""
        if self._open.total() >= self._most or self._open[officer] >= self._of_one:
            yield False
            return
        self._open[officer] += 1
        try:
            yield True
        finally:
            self._open[officer] -= 1


@dataclass
class _Stream:
    code: str
    officer: str
    id: UUID = field(default_factory=uuid4)
    #: It ended by itself, and the browser is about to come back: nobody is to see it gone.
    comes_back: bool = False


async def watching(request: Request, now: Now) -> SignedIn:
    """An officer who decides requests; a page that is only open does not keep a session alive."""
    token = read_cookie(request, Cookie.SESSION)
    found = await whose_session(token, now=now, is_used=False) if token is not None else None
    if found is None:
        raise SignInNeeded
    officer_with(found, REVIEWING)
    return found


@router.get(READERS + "{code}")
async def watch(
    code: str, request: Request, who: Annotated[SignedIn, Depends(watching)]
) -> Response:
    """The names of the other officers who have this case open, whenever they change."""
    stream = _Stream(code_of(code), name_of(who))
    if not await are_readers_told(stream.code, stream.officer):
        return Response(status_code=_NOTHING)
    return StreamingResponse(
        _events(stream, request.app.state.streams),
        media_type="text/event-stream",
        # A proxy that collects it would tell nothing.
        headers={"X-Accel-Buffering": "no"},
        background=BackgroundTask(_leave, stream),
    )


async def _events(stream: _Stream, streams: Streams) -> AsyncIterator[str]:
    with streams.place(stream.officer) as has_place:
        if not has_place:
            yield f"retry: {_BACK_LATER}\n\n"
            return
        yield f"retry: {_BACK_IN}\n\n"
        told: tuple[str, ...] | None = None
        until = asyncio.get_running_loop().time() + _LONGEST
        while not streams.are_over and asyncio.get_running_loop().time() < until:
            try:
                found = await still_reads(stream.id, stream.code, stream.officer)
            except Exception as fault:
                if is_passing(fault):
                    return
                raise
            yield ":\n\n" if found == told else f"data: {json.dumps(found)}\n\n"
            told = found
            await asyncio.sleep(_EVERY)
    stream.comes_back = True


async def _leave(stream: _Stream) -> None:
    if stream.comes_back:
        return
    # Where the database is away, the row ends by itself.
    with suppress(Exception):
        await reads_no_more(stream.id)
