"""The access log is read by indexes, however long it has been kept."""

from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import text

from models.access_log import LinesOf, lines_of_log
from models.connections import LONG
from models.database import transaction
from support.people import register_people
from support.plans import analysed, blocks_touched
from support.requests import NOW

MANY = 50_000
#: Blocks of 8 kB that a page of the log may touch, of the thousands that so many lines fill.
FEW = 200
LONG_AGO = NOW - timedelta(days=300)

#: A year of looks by fifty officers, and one who has looked once.
LINES = """
INSERT INTO access_log (at, viewer_kind, viewer, what, practitioner_id)
SELECT CAST(:now AS timestamptz) - interval '10 minutes' * n, 'officer',
    CASE n WHEN 40000 THEN 'rare' ELSE 'officer' || n % 50 END, 'card', p.id
FROM practitioners AS p, generate_series(1, :many) AS n WHERE p.registration_number = '20104567'
"""


@pytest.fixture
async def years(database: str) -> None:
    """Many lines, seldom about the same."""
    await register_people()
    async with transaction(LONG) as session:
        await session.exec(text(LINES), params={"now": NOW, "many": MANY})
    await analysed("access_log")


@pytest.mark.parametrize(
    "wanted",
    [
        LinesOf(),
        LinesOf(viewer="officer7"),
        LinesOf(viewer="rare"),
        LinesOf(viewer="nobody"),
        LinesOf(since=LONG_AGO, until=LONG_AGO + timedelta(days=1)),
        LinesOf(viewer="rare", since=LONG_AGO, until=LONG_AGO + timedelta(days=1)),
    ],
    ids=["all", "an officer", "a rare one", "nobody", "a day", "nobody on a day"],
)
async def test_a_page_of_a_long_log_reads_an_index(years: None, wanted: LinesOf) -> None:
    """The first page, and one from the middle."""
    pages = [
        await blocks_touched(partial(lines_of_log, wanted=wanted, limit=50, before=before))
        for before in (None, MANY // 2)
    ]

    assert max(pages) < FEW, pages
