"""Prefect hears that mail does not leave, and that it leaves again."""

import gc
from collections.abc import AsyncIterator, Iterator

import httpx
import pytest
from prefect.client.orchestration import PrefectClient, get_client
from prefect.events.worker import EventsWorker
from prefect.settings import PREFECT_API_URL, temporary_settings

from desk.clock import utc_now
from models.database import transaction
from models.mail_outages import begin_outage, end_outage, untold_outages
from support.faults import Parts
from tasks.mail_news import announce_mail

# Prefect's events client, in this process for once, leaves its websocket open when it ends.
pytestmark = pytest.mark.filterwarnings(
    "ignore::pytest.PytestUnraisableExceptionWarning", "ignore::ResourceWarning"
)


@pytest.fixture(autouse=True)
def nothing_is_left_to_tell() -> Iterator[None]:
    """Events are told in their own test's time."""
    yield
    EventsWorker.drain_all()
    gc.collect()


@pytest.fixture
async def client(database: str, parts_of_all: Parts) -> AsyncIterator[PrefectClient]:
    """A client of a real Prefect server, and an empty database."""
    assert database
    with temporary_settings({PREFECT_API_URL: parts_of_all.prefect.api_url}):
        async with get_client() as client:
            yield client


async def begin() -> None:
    """Mail does not leave."""
    async with transaction() as session:
        await begin_outage(session, reason="554 5.7.1 holder@example.com: relay", now=utc_now())


async def untold() -> int:
    """How many outages Prefect has still to hear of."""
    async with transaction() as session:
        return len(await untold_outages(session))


async def test_an_outage_is_told_when_it_begins_and_when_it_ends(
    client: PrefectClient, parts_of_all: Parts
) -> None:
    """Once each, whoever asks and however often."""
    await begin()
    for _ in range(2):
        await announce_mail(client, now=utc_now())
    async with transaction() as session:
        await end_outage(session, now=utc_now())
    for _ in range(2):
        await announce_mail(client, now=utc_now())

    told = await parts_of_all.window.events_of("mumaris.mail", last="mumaris.mail.back")

    assert told == ["mumaris.mail.away", "mumaris.mail.back"]
    assert await untold() == 0


async def test_while_prefect_is_away_the_news_waits(database: str) -> None:
    """The next pass tells it."""
    assert database
    await begin()

    with temporary_settings({PREFECT_API_URL: "http://127.0.0.1:9/api"}):
        async with get_client() as nobody:
            with pytest.raises(httpx.HTTPError):
                await announce_mail(nobody, now=utc_now())

    assert await untold() == 1
