"""The invented people that the command works on."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from cli.demo.examples import CARDS, LEDGER, OFFICERS, OFFICIAL_RECORDS, REGISTER, dated_again
from desk.register.files import read_register_files
from desk.register.loading import load_register
from rules.values.dates import riyadh_day
from support.people import register_people


@pytest.fixture
async def people(database: str) -> None:
    """Two practitioners and three officers."""
    await register_people()


@pytest.fixture
async def example_register(database: str, tmp_path: Path) -> None:
    """The register of `examples/`, with cards that stand as on the day they were written for."""
    today = riyadh_day(datetime.now(UTC))
    files = read_register_files(
        practitioners=REGISTER,
        officers=OFFICERS,
        official=OFFICIAL_RECORDS,
        cards=dated_again(CARDS, tmp_path, today),
        ledger=dated_again(LEDGER, tmp_path, today),
        today=today,
    )
    await load_register(files)
