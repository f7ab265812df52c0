"""What commands print: tables and colours on a terminal, aligned text or JSON elsewhere."""

import json
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import typer

#: Colours of the words that call for attention; any other word has none.
_STYLES = {
    "activated": "green",
    "sent": "green",
    "approved": "green",
    "awaiting payment": "cyan",
    "awaiting activation": "cyan",
    "NO": "yellow",
    "under review": "yellow",
    "returned": "yellow",
    "queued": "yellow",
    "rejected": "red",
    "failed": "bold red",
    "OVERDUE": "bold red",
}
#: Stands for what is empty, so that columns can be counted.
NOTHING = "-"


def print_json(document: Any) -> None:
    """The document as JSON on stdout."""
    typer.echo(json.dumps(document, ensure_ascii=False, indent=2))


def iso(instant: datetime | None) -> str | None:
    """An instant in UTC, as JSON carries it."""
    return None if instant is None else instant.astimezone(UTC).isoformat()


def last_day(deadline: datetime | None) -> str:
    """The last day, in Riyadh, on which something can be done that is due at this instant."""
    if deadline is None:
        return ""
    from desk import clock

    return clock.last_day(deadline).isoformat()


def words(code: str | None) -> str:
    """A code as people read it."""
    return (code or "").replace("_", " ")


def show_table(titles: Sequence[str], rows: Sequence[Sequence[str]], *, title: str = "") -> None:
    """A table; on a pipe its columns are aligned and what is empty is a dash."""
    if sys.stdout.isatty():
        _draw_table(titles, rows, title)
        return
    if title:
        typer.echo(f"{title}:")
    lines = [
        [name.upper() for name in titles],
        *[[cell or NOTHING for cell in row] for row in rows],
    ]
    widths = [max(len(line[column]) for line in lines) for column in range(len(titles))]
    for line in lines:
        cells = (cell.ljust(width) for cell, width in zip(line, widths, strict=True))
        typer.echo("  ".join(cells).rstrip())


def show_rows(title: str, titles: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """A table below what was shown before; nothing, where it has no rows."""
    if rows:
        typer.echo()
        show_table(titles, rows, title=title)


def clear_screen() -> None:
    """Begin at the top of an empty terminal; a pipe goes on where it is."""
    if sys.stdout.isatty():
        typer.echo("\x1b[2J\x1b[H", nl=False)


def show_facts(facts: Sequence[tuple[str, str]]) -> None:
    """Names and values, one a line."""
    width = max(len(name) for name, _ in facts) + 1
    for name, value in facts:
        label = f"{name}:".ljust(width)
        if sys.stdout.isatty():
            label = typer.style(label, bold=True)
        typer.echo(f"{label} {value or NOTHING}")


def _draw_table(titles: Sequence[str], rows: Sequence[Sequence[str]], title: str) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(title=title or None, title_justify="left", box=SIMPLE_HEAD)
    for column, name in enumerate(titles):
        table.add_column(name, no_wrap=column == 0, overflow="fold")
    for row in rows:
        # As Text, or square brackets in a cell would be markup.
        table.add_row(*(Text(cell, style=_STYLES.get(cell, "")) for cell in row))
    Console().print(table)
