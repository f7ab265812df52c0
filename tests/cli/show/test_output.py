"""Tables: drawn on a terminal, aligned elsewhere."""

import re
import sys
from datetime import UTC, datetime

import pytest

from cli.show.output import last_day, show_table

TITLES = ("code", "status")
ROWS = [("K7Q2-M9XD", "rejected"), ("[red]X[/red]", "")]


def test_a_pipe_gets_aligned_columns_and_a_dash_for_nothing(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Every line has as many columns as there are titles."""
    show_table(TITLES, ROWS)

    assert capsys.readouterr().out.splitlines() == [
        "CODE          STATUS",
        "K7Q2-M9XD     rejected",
        "[red]X[/red]  -",
    ]


def test_a_terminal_gets_a_table_that_cells_cannot_mark_up(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Square brackets in a cell are shown, not obeyed."""
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)

    show_table(TITLES, ROWS, title="Requests")

    drawn = capsys.readouterr().out
    assert "─" in drawn
    assert "[red]X[/red]" in re.sub(r"\x1b\[[0-9;]*m", "", drawn)


def test_a_deadline_at_midnight_is_the_day_before() -> None:
    """What is due by the end of 30 November in Riyadh is not shown as 1 December."""
    assert last_day(datetime(2026, 11, 30, 21, tzinfo=UTC)) == "2026-11-30"
    assert last_day(None) == ""
