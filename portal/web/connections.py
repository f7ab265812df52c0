"""How the portal deals with connections: slow ones are closed, and a crowd keeps nobody out.

uvicorn has a limit for connections that idle after a request and none for those that never send
one: 1,100 of them stopped the portal, and asyncio wrote 87 MB about it.
"""

import asyncio
import logging
import resource
import time

from uvicorn.protocols.http.h11_impl import H11Protocol

#: Seconds in which a request's head must have come; nginx and Apache allow 60 and 20.
HEAD_SECONDS = 10.0
#: Connections at once; each has one request under way at most.
MOST = 500
#: Waiting to be accepted: asyncio takes so many in one go, so these need descriptors as well.
BACKLOG = 100
#: Descriptors for everything else: the database, files, the log.
_SPARE = 100
_WANTED = 4096
#: Different messages that are remembered.
_MESSAGES = 100


class PatientProtocol(H11Protocol):
    """A connection that is closed when its request does not come.

    Above `MOST` the one that has waited longest without a whole request gives way: whoever sends
    one is served, however many others send none. Nothing is logged about either.
    """

    _waiting_since: float | None = None
    _head_due: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn's
        """Begin to wait for a request; make room where there is none."""
        super().connection_made(transport)
        self._wait()
        if len(self.connections) > most_connections():
            self._make_room()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop waiting."""
        self._stop_waiting()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Read; wait on where this was no whole head of a request."""
        super().data_received(data)
        self._note()

    def on_response_complete(self) -> None:
        """Wait for the next request, if there is one."""
        super().on_response_complete()
        self._note()

    @property
    def waiting_since(self) -> float | None:
        """Since when no request of this connection is whole; None while one is answered."""
        return self._waiting_since

    def give_way(self) -> None:
        """Close at once, whatever was to come."""
        self._stop_waiting()
        if self.transport is not None:
            self.transport.abort()

    def _unsupported_upgrade_warning(self) -> None:
        """Answer as if no upgrade were asked for; one line for each would fill the disk."""

    def _make_room(self) -> None:
        waiting = [each for each in self.connections if isinstance(each, PatientProtocol)]
        idle = [each for each in waiting if each.waiting_since is not None]
        min(idle, key=lambda each: each.waiting_since or 0.0, default=self).give_way()

    def _note(self) -> None:
        head_is_missing = self.cycle is None or self.cycle.response_complete
        if head_is_missing:
            self._wait()
        elif not self.cycle.more_body:
            self._stop_waiting()
        elif self._head_due is not None:  # the body has a limit of its own: portal.web.guarding
            self._head_due.cancel()
            self._head_due = None

    def _wait(self) -> None:
        if self._waiting_since is None:
            self._waiting_since = time.monotonic()
        if self._head_due is None:
            self._head_due = self.loop.call_later(HEAD_SECONDS, self.give_way)

    def _stop_waiting(self) -> None:
        self._waiting_since = None
        if self._head_due is not None:
            self._head_due.cancel()
            self._head_due = None


def most_connections() -> int:
    """`MOST`, or as many as there are descriptors for."""
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return max(10, min(MOST, soft - BACKLOG - _SPARE))


def raise_descriptors() -> None:
    """Ask for as many file descriptors as are allowed, up to what a crowd needs."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _WANTED if hard == resource.RLIM_INFINITY else min(_WANTED, hard)
    if soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


class NotAgain(logging.Filter):
    """Lets each message through once in a while: what a stranger can cause must not fill a disk."""

    def __init__(self, seconds: float = 10.0) -> None:
        super().__init__()
        self._seconds = seconds
        self._last: dict[str, float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether this message was not logged within the last seconds."""
        now = time.monotonic()
        said = now - self._last.get(str(record.msg), -self._seconds) < self._seconds
        if not said:
            if len(self._last) >= _MESSAGES:
                self._last.clear()
            self._last[str(record.msg)] = now
        return not said
