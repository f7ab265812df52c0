"""Two machines, a database with a standby, and whatever can happen to them while people use it.

`make prove` runs it, and writes docs/FAULTS.md from what it measured.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest
from prefect.settings import PREFECT_API_URL, temporary_settings

from models.database import close_engine
from support.fault_table import Measured, write_if_asked
from support.faults import until
from support.invariants import Broken, broken, copies
from support.lan import NoLan
from support.site_crowd import Crowd, Watch
from support.site_faults import FAULTS, OVER_CABLES
from support.two_machines import Site, two_machines

pytestmark = [pytest.mark.prove, pytest.mark.timeout(900)]

#: Wishes that are under way when it strikes, and that are handed in during it.
BEFORE, DURING = 12, 8


@pytest.fixture(scope="module")
def site_of_all() -> Iterator[Site]:
    """One for all faults: each finds it whole, and leaves it so."""
    with two_machines() as site:
        yield site


@pytest.fixture
async def site(site_of_all: Site, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Site]:
    """The same, named by the environment for the time of the test."""
    for name, value in site_of_all.environment().items():
        monkeypatch.setenv(name, value)
    with temporary_settings({PREFECT_API_URL: site_of_all.prefect.api_url}):
        yield site_of_all
    await close_engine()


@pytest.fixture(scope="module")
def measured(site_of_all: Site) -> Iterator[dict[str, Measured | None]]:
    """What was measured of each fault, None where it could not be staged; with all, the table."""
    found: dict[str, Measured | None] = {}
    yield found
    if found.keys() == FAULTS.keys():
        write_if_asked(found, notes=site_of_all.notes)


def lead(site: Site, name: str, measured: dict[str, Measured | None]) -> None:
    """Over cables where the fault is theirs; where there are none, it cannot be staged."""
    is_theirs = FAULTS[name] in OVER_CABLES
    if is_theirs and isinstance(site.lan, NoLan):
        measured[name] = None
        note = f"Not run, because {site.lan}: {name}."
        site.notes.append(note)
        pytest.skip(note)
    site.lead(straight=site.lan if is_theirs else None)


@pytest.mark.parametrize("name", FAULTS)
async def test_nothing_is_lost_doubled_or_told_out_of_order(
    name: str, site: Site, measured: dict[str, Measured | None]
) -> None:
    """Every wish comes into force once, under a number of its own, told step by step."""
    lead(site, name, measured)
    async with Crowd(site) as crowd:
        before, during = await crowd.prepared(BEFORE), await crowd.prepared(DURING)
        codes = await asyncio.gather(*(hand_in() for hand_in in before))
        acting = asyncio.create_task(crowd.act(*codes))
        await until(lambda: any(map(site.post.letters, codes)), "their first e-mail has left")

        watch = Watch()
        async with FAULTS[name](site):
            more = await asyncio.gather(*(hand_in() for hand_in in during))
            taken = watch.seconds()
            acting_too = asyncio.create_task(crowd.act(*more))
            await asyncio.gather(*(crowd.carried(code) for code in more))
            carried = watch.seconds()
            await asyncio.gather(acting, acting_too)
            await crowd.settled()
            done = watch.seconds()

        found = await broken(crowd.wishes, site.post)
        measured[name] = Measured(
            requests=len(crowd.wishes),
            broken=found,
            copies=await copies(crowd.wishes, site.post),
            taken=taken,
            carried=carried,
            done=done,
        )
        assert found == Broken()
