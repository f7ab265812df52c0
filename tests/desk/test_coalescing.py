"""Whatever comes while others are being done is done with them, and spoils nothing of theirs."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest

from desk import coalescing
from desk.coalescing import MOST, Coalescing
from models.connections import CALLS, Limits, limited, limits_now


class Refused(Exception):
    """Of one item, done alone."""


@dataclass
class Door:
    """Notes what is done alone and what in sets; the first waits until it is opened."""

    alone: list[str] = field(default_factory=list)
    sets: list[list[str]] = field(default_factory=list)
    limits: list[Limits] = field(default_factory=list)
    opened: asyncio.Event = field(default_factory=asyncio.Event)
    #: What a set raises, or leaves to be done alone.
    fault: Exception | None = None
    left: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        self._coalescing: Coalescing[str, str] = Coalescing(self._alone, self._as_set)

    async def through(self, item: str, group: str = "one") -> str:
        """What comes of this item."""
        return await self._coalescing.done(item, group=group)

    async def begun(self, *items: str) -> "list[asyncio.Task[str]]":
        """These have come, one after the other."""
        tasks = [asyncio.create_task(self.through(item)) for item in items]
        await _all_have_come()
        return tasks

    async def _alone(self, item: str) -> str:
        self.alone.append(item)
        if item.endswith("first"):
            await self.opened.wait()
        if item.startswith("bad"):
            raise Refused(item)
        return f"{item} alone"

    async def _as_set(self, items: Sequence[str]) -> list[str | None]:
        self.sets.append(list(items))
        self.limits.append(limits_now())
        if self.fault is not None:
            raise self.fault
        return [None if item in self.left else f"{item} in a set" for item in items]

    async def crowd(self, *items: str) -> list[str | BaseException]:
        """These come while the first is being done, which then ends."""
        tasks = await self.begun("first", *items)
        self.opened.set()
        return await asyncio.gather(*tasks, return_exceptions=True)


async def _all_have_come() -> None:
    for _ in range(3):
        await asyncio.sleep(0)


async def test_who_comes_alone_is_done_alone() -> None:
    """At once, one after the other."""
    door = Door()

    found = [await door.through("a"), await door.through("b")]

    assert (found, door.sets) == (["a alone", "b alone"], [])


async def test_who_comes_meanwhile_is_done_in_one_set() -> None:
    """In the order of their coming, and each hears of its own."""
    door = Door()

    found = await door.crowd("a", "b", "c")

    assert found == ["first alone", "a in a set", "b in a set", "c in a set"]
    assert (door.alone, door.sets) == (["first"], [["a", "b", "c"]])


async def test_who_comes_while_a_set_is_done_is_the_next_set() -> None:
    """No larger than a set may be."""
    door = Door()
    names = [f"n{number}" for number in range(2 * MOST + 1)]

    await door.crowd(*names)

    assert [len(each) for each in door.sets] == [MOST, MOST, 1]
    assert [name for each in door.sets for name in each] == names


async def test_what_a_set_leaves_is_done_alone() -> None:
    """As it would have been without the others."""
    door = Door(left=frozenset({"b"}))

    found = await door.crowd("a", "b")

    assert found == ["first alone", "a in a set", "b alone"]


async def test_what_fails_as_a_set_is_done_one_by_one() -> None:
    """Each hears of its own fault, and nobody of another's."""
    door = Door(fault=ValueError("one of them"))

    first, a, bad, c = await door.crowd("a", "bad", "c")

    assert (first, a, c) == ("first alone", "a alone", "c alone")
    assert isinstance(bad, Refused)


async def test_a_first_that_fails_holds_up_nobody() -> None:
    """Who waited for it is done all the same; the fault is its own."""
    door = Door()
    tasks = await door.begun("bad first", "a")
    door.opened.set()

    found = await asyncio.gather(*tasks, return_exceptions=True)

    assert isinstance(found[0], Refused)
    assert found[1] == "a in a set"


async def test_what_takes_too_long_holds_up_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """The next set begins without its end; and when it ends at last, nothing is begun twice."""
    monkeypatch.setattr(coalescing, "PATIENCE", 0)
    door = Door()
    first, *others = await door.begun("first", "a", "b")

    found = await asyncio.gather(*others)

    assert (found, first.done()) == (["a in a set", "b in a set"], False)
    door.opened.set()
    assert await first == "first alone"
    assert door.sets == [["a", "b"]]


async def test_groups_wait_for_no_other_group() -> None:
    """Nor are they done in one set."""
    door = Door()
    (first,) = await door.begun("first")

    assert await door.through("a", group="other") == "a alone"

    door.opened.set()
    await first


async def test_a_set_has_the_limits_of_those_in_it() -> None:
    """A call waits for the database no longer in a crowd; other limits are another group's."""
    door = Door()
    with limited(CALLS):
        first, other = await door.begun("first", "a")

    assert await door.through("b") == "b alone"

    door.opened.set()
    assert (await first, await other) == ("first alone", "a in a set")
    assert door.limits == [CALLS]


async def test_who_has_gone_is_left_out() -> None:
    """A caller that was cancelled before its set began."""
    door = Door()
    first, gone, other = await door.begun("first", "gone", "a")

    gone.cancel()
    await _all_have_come()
    door.opened.set()

    assert await other == "a in a set"
    assert (await first, door.sets) == ("first alone", [["a"]])


async def test_a_first_that_is_cancelled_holds_up_nobody() -> None:
    """As one that fails."""
    door = Door()
    first, other = await door.begun("first", "a")

    first.cancel()

    assert await other == "a in a set"


async def test_all_who_wait_may_go() -> None:
    """Then there is no set, and who comes next is done alone."""
    door = Door()
    first, gone = await door.begun("first", "gone")
    gone.cancel()
    await _all_have_come()
    door.opened.set()
    await first

    assert await door.through("a") == "a alone"
    assert door.sets == []
