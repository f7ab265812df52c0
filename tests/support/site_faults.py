"""What can happen to an installation of two machines."""

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterable, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from functools import partial
from pathlib import Path

from stack.reaper import signal_group
from support.faults import until
from support.lan import Cable
from support.network import Link
from support.no_room import no_room_for
from support.small_disk import fill, make_room
from support.two_machines import Site

#: How long a network is cut, and a server away.
_SECONDS = 12.0
#: Longer than an e-mail's lease, which is a minute.
_FROZEN = 65.0
_PROMOTED = 3.0
_LATE = 0.1
#: How long a cable is out: longer than the half minute after which either side gives the other up.
_PULLED = 45.0
#: Without keepalives it would be a quarter of an hour, or two hours.
_GIVEN_UP_WITHIN = 120.0
#: How often a cable with a loose contact is out, for how long, and how long in between.
_TIMES, _OUT, _IN = 10, 2.0, 2.0
#: A clock that was set back by an hour.
_WRONG = -3600.0

#: Strikes when it is entered. It ends after its time or, at the latest, when it is left.
Fault = Callable[[Site], AbstractAsyncContextManager[None]]


@asynccontextmanager
async def _lasting(seconds: float, end: Callable[..., Awaitable[object]]) -> AsyncIterator[None]:
    """It ends after so many seconds, however long the block takes."""

    async def ends() -> None:
        await asyncio.sleep(seconds)
        await end()

    ending = asyncio.create_task(ends())
    yield
    await ending


@asynccontextmanager
async def _cut(links: Iterable[Link], seconds: float = _SECONDS) -> AsyncIterator[None]:
    found = list(links)

    def heal() -> None:
        for link in found:
            link.heal()

    for link in found:
        link.cut()
    async with _lasting(seconds, partial(asyncio.to_thread, heal)):
        yield


@asynccontextmanager
async def _nothing(_: Site) -> AsyncIterator[None]:
    yield


@asynccontextmanager
async def _machine_killed(site: Site) -> AsyncIterator[None]:
    first = site.machines[0]
    await asyncio.to_thread(first.kill)
    yield
    first.start()
    await asyncio.to_thread(first.wait_until_ready)


@asynccontextmanager
async def _worker_frozen(site: Site) -> AsyncIterator[None]:
    worker = site.machines[0].worker
    signal_group(worker.pid, signal.SIGSTOP)
    go_on = partial(asyncio.to_thread, signal_group, worker.pid, signal.SIGCONT)
    async with _lasting(_FROZEN, go_on):
        yield


@asynccontextmanager
async def _database_late(site: Site) -> AsyncIterator[None]:
    links = [link for machine in site.machines for link in machine.database]
    for link in links:
        link.delay(_LATE)
    yield
    for link in links:
        link.delay(0)


@asynccontextmanager
async def _cable_pulled(site: Site) -> AsyncIterator[None]:
    """It stays out until the database has given the machine up, too."""
    cable = _first_cable(site)

    async def is_given_up() -> bool:
        return not await asyncio.to_thread(site.sessions_of, cable)

    async def given_up() -> None:
        began = time.monotonic()
        await until(is_given_up, "the database has given the machine up", within=_GIVEN_UP_WITHIN)
        seconds = time.monotonic() - began
        site.notes.append(
            f"The database ended the last session of the machine without a cable after "
            f"{seconds:.0f} s, and with it what it had locked."
        )

    async def plug() -> None:
        await giving_up
        await asyncio.to_thread(cable.plug)

    assert await asyncio.to_thread(site.sessions_of, cable), "it is led over its cable"
    await asyncio.to_thread(cable.pull)
    giving_up = asyncio.create_task(given_up())
    async with _lasting(_PULLED, plug):
        yield


@asynccontextmanager
async def _contact_loose(site: Site) -> AsyncIterator[None]:
    cable = _first_cable(site)

    async def in_and_out() -> None:
        for _ in range(_TIMES):
            await asyncio.to_thread(cable.pull)
            await asyncio.sleep(_OUT)
            await asyncio.to_thread(cable.plug)
            await asyncio.sleep(_IN)

    moving = asyncio.create_task(in_and_out())
    yield
    await moving


def _first_cable(site: Site) -> Cable:
    cable = site.machines[0].cable
    assert cable is not None, site.lan
    return cable


@asynccontextmanager
async def _prefect_killed(site: Site) -> AsyncIterator[None]:
    await asyncio.to_thread(os.killpg, site.prefect.child.pid, signal.SIGKILL)
    async with _lasting(_SECONDS, partial(asyncio.to_thread, site.prefect.start)):
        yield


@asynccontextmanager
async def _disk_full(site: Site) -> AsyncIterator[None]:
    """Where no disk can be filled, the database refuses rows with PostgreSQL's own error."""
    full = AsyncExitStack()
    if site.disk is None:
        tables = ("request_events", "requests", "letters")
        await full.enter_async_context(no_room_for("INSERT OR UPDATE", *tables))
    else:
        await asyncio.to_thread(fill, site.disk)
        full.push_async_callback(asyncio.to_thread, _room_again, site, site.disk)
    async with _lasting(_SECONDS, full.aclose):
        yield


def _room_again(site: Site, disk: Path) -> None:
    """PostgreSQL stops where it cannot write its log; a supervisor starts it again."""
    make_room(disk)
    if not site.primary.child.is_running():
        site.primary._server.run()


@asynccontextmanager
async def _clock_set_back(site: Site) -> AsyncIterator[None]:
    clock = site.machines[0].clock
    clock.write_text(str(_WRONG))
    yield
    clock.unlink()


@asynccontextmanager
async def _failed_over(site: Site) -> AsyncIterator[None]:
    await asyncio.to_thread(os.killpg, site.primary.pid, signal.SIGKILL)
    async with _lasting(_PROMOTED, partial(asyncio.to_thread, site.promote)):
        yield


#: Those that need cables, over which the machines are led to the databases themselves.
OVER_CABLES: Collection[Fault] = (_cable_pulled, _contact_loose)
#: By what the table calls them. The last one leaves the site without a standby.
FAULTS: Mapping[str, Fault] = {
    "none, for comparison": _nothing,
    "a machine is killed and stays away": _machine_killed,
    "a worker is frozen for 65 s": _worker_frozen,
    "a machine cannot reach the database for 12 s": lambda site: _cut(site.machines[0].database),
    "a machine's cable is pulled for 45 s": _cable_pulled,
    "a machine's cable is out for 2 s in every 4, ten times": _contact_loose,
    "the database answers both machines 0.1 s late": _database_late,
    "no machine can reach Prefect for 12 s": lambda site: _cut(
        machine.prefect for machine in site.machines
    ),
    "no machine can reach the mail server for 12 s": lambda site: _cut(
        machine.mail for machine in site.machines
    ),
    "primary and standby cannot reach each other for 12 s": lambda site: _cut([site.replication]),
    "Prefect's server is killed, and started after 12 s": _prefect_killed,
    "the database's disk is full for 12 s": _disk_full,
    "a machine's clock is set back by an hour": _clock_set_back,
    "the primary dies, and the standby is promoted after 3 s": _failed_over,
}
