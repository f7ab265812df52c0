"""The table of docs/FAULTS.md, which `make prove` writes from what it measured."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass, fields
from pathlib import Path

from support.invariants import Broken

PAGE = Path(__file__).parents[2] / "docs" / "FAULTS.md"
#: The day on which the proofs run; the page is written where it is set.
ON = "MUMARIS_FAULTS_ON"
_BEGIN, _END = "<!-- faults -->\n", "<!-- /faults -->"
_HEAD = (
    "fault",
    "requests",
    "lost",
    "done twice",
    "references doubled or skipped",
    "second Message-IDs",
    "histories out of order",
    "e-mails sent again",
    "taken after",
    "carried after",
    "all done after",
)
_NOT_RUN = "-"
#: Where the invariants stand in a row.
_COUNTS = slice(2, 2 + len(fields(Broken)))


@dataclass(frozen=True)
class Measured:
    """What one fault did."""

    requests: int
    broken: Broken
    copies: int
    #: Seconds from the fault until the last request that was handed in during it was accepted, had
    #: been taken up by a run, and until all requests were in force and all e-mails sent.
    taken: float
    carried: float
    done: float


def write(found: Mapping[str, Measured | None], *, on: str, notes: Sequence[str]) -> None:
    """Put the table where the last one stood; what could not be run has no figures."""
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(_BEGIN)
    _, _, after = rest.partition(_END)
    PAGE.write_text(
        f"{before}{_BEGIN}{table(found, on=on, notes=notes)}{_END}{after}", encoding="utf-8"
    )


def write_if_asked(found: Mapping[str, Measured | None], *, notes: Sequence[str] = ()) -> None:
    """The same, where the run has said which day it is."""
    if on := os.environ.get(ON):
        write(found, on=on, notes=notes)


def table(found: Mapping[str, Measured | None], *, on: str, notes: Sequence[str]) -> str:
    """Where it comes from, the table, and what is told beside it."""
    lines = [
        f"Written on {on} by `make prove`, on {os.cpu_count()} cores.",
        "",
        _line(_HEAD),
        _line(["---"] + ["---:"] * (len(_HEAD) - 1)),
    ]
    rows = (_row(name, one) for name, one in found.items())
    told = (line for note in notes for line in ("", note))
    return "\n".join([*lines, *rows, *told, ""])


def faults_told() -> list[str]:
    """The faults of which the page has a row."""
    return [cells[0] for cells in _rows()]


def broken_told() -> list[int]:
    """How often the page says of each that it broke something."""
    return [sum(int(cell) for cell in cells[_COUNTS] if cell != _NOT_RUN) for cells in _rows()]


def _rows() -> list[list[str]]:
    _, _, rest = PAGE.read_text(encoding="utf-8").partition(_BEGIN)
    lines = [line for line in rest.partition(_END)[0].splitlines() if line.startswith("| ")]
    return [line.strip("| ").split(" | ") for line in lines[2:]]


def _row(name: str, one: Measured | None) -> str:
    if one is None:
        return _line([name, *[_NOT_RUN] * (len(_HEAD) - 1)])
    seconds = [f"{each:.0f} s" for each in (one.taken, one.carried, one.done)]
    counts = [one.requests, *astuple(one.broken), one.copies]
    return _line([name, *map(str, counts), *seconds])


def _line(cells: list[str] | tuple[str, ...]) -> str:
    return f"| {' | '.join(cells)} |"
