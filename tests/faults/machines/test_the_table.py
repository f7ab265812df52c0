"""docs/FAULTS.md tells of the faults that the proofs stage, and writes what was measured."""

from pathlib import Path

import pytest

from support import fault_table
from support.fault_table import ON, Measured, broken_told, faults_told, write_if_asked
from support.invariants import Broken
from support.site_faults import FAULTS

WELL = Measured(requests=21, broken=Broken(), copies=1, taken=0.4, carried=1.6, done=20)


@pytest.fixture
def page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the page."""
    copy = tmp_path / "FAULTS.md"
    copy.write_text(fault_table.PAGE.read_text(encoding="utf-8"), encoding="utf-8")
    monkeypatch.setattr(fault_table, "PAGE", copy)
    return copy


def test_the_page_tells_of_every_fault_that_is_staged() -> None:
    """In the same order, and that none broke anything."""
    assert faults_told() == list(FAULTS)
    assert broken_told() == [0] * len(FAULTS)


def test_what_was_measured_stands_where_the_last_table_stood(
    page: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With its day; the rest of the page stays."""
    before = page.read_text(encoding="utf-8")
    monkeypatch.setenv(ON, "2027-01-31")

    write_if_asked({"a flood": WELL, "a fire": Measured(21, Broken(lost=2), 0, 1, 2, 3)})

    after = page.read_text(encoding="utf-8")
    assert "2027-01-31" in after
    assert "| a flood | 21 | 0 | 0 | 0 | 0 | 0 | 1 | 0 s | 2 s | 20 s |" in after
    assert (faults_told(), broken_told()) == (["a flood", "a fire"], [0, 2])
    assert after.partition("## ")[2] == before.partition("## ")[2]


def test_what_could_not_be_run_has_a_row_without_figures(
    page: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And the reason below the table."""
    monkeypatch.setenv(ON, "2027-01-31")

    write_if_asked({"a flood": WELL, "a fire": None}, notes=["Not run, because of rain: a fire."])

    after = page.read_text(encoding="utf-8")
    assert "| a fire | - | - | - | - | - | - | - | - | - | - |\n\nNot run, because of rain" in after
    assert (faults_told(), broken_told()) == (["a flood", "a fire"], [0, 0])


def test_nothing_is_written_where_nobody_says_the_day(
    page: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A proof that is run by hand changes no page."""
    before = page.read_text(encoding="utf-8")
    monkeypatch.delenv(ON, raising=False)

    write_if_asked({"a flood": WELL})

    assert page.read_text(encoding="utf-8") == before
