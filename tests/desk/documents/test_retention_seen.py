"""What operations are told of runs that should have ended documents, and did not come."""

from datetime import timedelta
from pathlib import Path

from sqlalchemy import text

from desk.clock import utc_now
from desk.operations.needs import needs_of
from desk.operations.overview import Overview, overview
from models.database import transaction
from models.statements import execute
from support.shelved import shelved
from tasks.last_times import note_document_retention

HOURS = timedelta(hours=1)


def needs(seen: Overview) -> set[str]:
    """What is said of documents' ends."""
    return {need.code for need in needs_of(seen)} & {"document_retention_late"}


async def test_without_documents_no_run_is_missed(folder: Path) -> None:
    """An installation begins so."""
    seen = await overview()

    assert (seen.document_retention.last_run_at, seen.document_retention.is_late) == (None, False)
    assert needs(seen) == set()


async def test_a_run_that_never_came_is_missed_after_hours(folder: Path) -> None:
    """Deployments were not made anew, or no worker runs."""
    await shelved(utc_now() - 2 * HOURS)
    soon = await overview()
    await shelved(utc_now() - 4 * HOURS)

    seen = await overview()

    assert (soon.document_retention.is_late, seen.document_retention.is_late) == (False, True)
    assert needs(seen) == {"document_retention_late"}


async def test_a_run_notes_itself_and_is_missed_when_none_follows(folder: Path) -> None:
    """Also where it found nothing to destroy."""
    await shelved(utc_now() - 4 * HOURS)
    await note_document_retention()
    just_now = await overview()
    async with transaction() as session:
        await execute(session, text("UPDATE last_times SET at = at - interval '4 hours'"))

    assert not just_now.document_retention.is_late
    assert (await overview()).document_retention.is_late
