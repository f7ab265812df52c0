"""No table is forgotten: each has what ends its rows, or the reason why nothing does."""

from sqlmodel import SQLModel

from models.retention.requests import DELETED
from models.retention.tables import KEPT
from rules.keeping import OF_THE_RUN, EndedElsewhere, Subject


def test_every_table_says_what_ends_its_rows() -> None:
    """A new one gets its line in `KEPT`."""
    assert set(KEPT) == set(SQLModel.metadata.tables)


def test_every_subject_has_a_table() -> None:
    """And a reason is a sentence, not a name that was misspelt."""
    assert {one for one in KEPT.values() if isinstance(one, Subject)} == set(OF_THE_RUN)
    assert {one for one in KEPT.values() if isinstance(one, EndedElsewhere)} == set(EndedElsewhere)
    assert all(" " in one for one in KEPT.values() if not isinstance(one, Subject | EndedElsewhere))


def test_whatever_names_a_request_is_emptied_with_it_or_says_why_not() -> None:
    """By the foreign keys of the tables."""
    naming = {
        table.name
        for table in SQLModel.metadata.tables.values()
        if any(key.column.table.name == "requests" for key in table.foreign_keys)
    }
    kept = {"decisions", "operator_acts", "request_events", "activation_links", "bills"}
    others = {"access_log", "drafts", "holds", "submission_job_rows"}
    register = {
        "card_periods",
        "cpd_entries",
        "experience_entries",
        "profile_versions",
        "qualification_entries",
    }

    by_value = {"setbacks"}

    assert naming | by_value == set(DELETED) | kept | others | register
