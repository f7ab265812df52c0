"""No table and no column that may hold something about a person is left undecided."""

import pytest
from sqlmodel import SQLModel

from models.own_rows import own_tables
from models.retention.erasing import GOES, STAYS

TABLES = [table.name for table in own_tables()]


def test_of_every_table_about_a_person_it_is_said_whether_its_rows_go() -> None:
    """Those of nobody have their reason in `models.own_rows.OF_NOBODY`."""
    assert set(GOES) | set(STAYS) == set(TABLES)
    assert not set(GOES) & set(STAYS)


@pytest.mark.parametrize("name", STAYS)
def test_of_every_row_that_stays_each_column_is_decided(name: str) -> None:
    """A new one is blanked, or said to stay: nothing that names somebody is kept by oversight."""
    blanked, stays = set(STAYS[name].blank), set(STAYS[name].stays.split())

    assert blanked | stays == set(SQLModel.metadata.tables[name].columns.keys())
    assert not blanked & stays
