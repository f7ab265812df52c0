"""What comes while others of its kind are being done is done with them, in one transaction."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Hashable, Iterator, Sequence
from contextlib import contextmanager, suppress
from contextvars import Context
from functools import partial
from typing import Generic, TypeVar
from weakref import WeakKeyDictionary

from models.connections import limited, limits_now

Item = TypeVar("Item")
Found = TypeVar("Found")
#: Does one alone.
Alone = Callable[[Item], Awaitable[Found]]
#: Does many at once, and says what came of each; None where one is to be done alone.
AsSet = Callable[[Sequence[Item]], Awaitable[Sequence[Found | None]]]

#: A set is no larger: who is in it waits for all of it.
MOST = 25
#: Seconds after which what is being done holds up nobody: it waits for a lock, or for the database.
PATIENCE = 0.25


class Coalescing(Generic[Item, Found]):
    """Does one alone while nothing is being done, and what came meanwhile as a set, next.

    Nobody waits for others to come: who comes alone is done at once, and in no other way. A
    statement for many costs little more than for one, so a crowd is served several times as fast.

    Where ``as_set`` raises, nothing of the set may have been kept: each is then done alone, so that
    what cannot be done spoils nobody else's. A set has the limits of those who are in it.
    """

    def __init__(self, alone: Alone[Item, Found], as_set: AsSet[Item, Found]) -> None:
        self._alone, self._as_set = alone, as_set
        self._lanes: WeakKeyDictionary[
            asyncio.AbstractEventLoop, dict[Hashable, _Lane[Item, Found]]
        ] = WeakKeyDictionary()

    async def done(self, item: Item, *, group: Hashable = None) -> Found:
        """What came of it, done alone or with others of its ``group``.

        Raises what doing it alone raises. Who is cancelled while a set is being done may be done in
        it all the same.
        """
        lanes = self._lanes.setdefault(asyncio.get_running_loop(), {})
        theirs = (group, limits_now())
        if theirs in lanes:
            found = await lanes[theirs].beside_others(item)
            return await self._alone(item) if found is None else found
        lane = lanes[theirs] = _Lane(self._as_set, partial(lanes.pop, theirs))
        with lane.held():
            return await self._alone(item)


class _Lane(Generic[Item, Found]):
    """Where a group waits for what is being done of it."""

    def __init__(self, as_set: AsSet[Item, Found], leave: Callable[[], object]) -> None:
        self._as_set, self._leave = as_set, leave
        self._limits = limits_now()
        self._waiting: deque[tuple[Item, asyncio.Future[Found | None]]] = deque()
        self._hold: asyncio.TimerHandle | None = None
        self._at_work: set[asyncio.Task[None]] = set()

    async def beside_others(self, item: Item) -> Found | None:
        """What came of it in a set; None where it is to be done alone."""
        place: asyncio.Future[Found | None] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, place))
        return await place

    @contextmanager
    def held(self) -> Iterator[None]:
        """The next set begins when this ends, or takes too long."""
        hold = self._hold = asyncio.get_running_loop().call_later(PATIENCE, self._go_on)
        try:
            yield
        finally:
            if self._hold is hold:
                hold.cancel()
                self._go_on()

    def _go_on(self) -> None:
        self._hold = None
        next_ones = [self._waiting.popleft() for _ in range(min(MOST, len(self._waiting)))]
        members = [(item, place) for item, place in next_ones if not place.done()]
        if not members and not self._waiting:
            self._leave()
            return
        # Whose context it would have is chance: the set is nobody's own.
        task = asyncio.get_running_loop().create_task(self._do(members), context=Context())
        self._at_work.add(task)
        task.add_done_callback(self._at_work.discard)

    async def _do(self, members: Sequence[tuple[Item, "asyncio.Future[Found | None]"]]) -> None:
        with self.held():
            found: Sequence[Found | None] = [None] * len(members)
            # Each hears of its own fault when it is done alone.
            with limited(self._limits), suppress(Exception):
                found = await self._as_set([item for item, _ in members])
            for (_, place), one in zip(members, found, strict=True):
                if not place.done():
                    place.set_result(one)
