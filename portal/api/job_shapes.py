"""What is answered about files of submissions."""

from datetime import datetime
from typing import Self

from pydantic import Field

from desk.machines.files import JobStanding, JobState, RowsPage, SettledRow
from portal.api.shapes import FoundProblem, Shape
from rules.requests.row_outcomes import RowOutcome
from rules.requests.statuses import Kind


class RowCounts(Shape):
    """How many rows of a file have become what."""

    #: All that are settled.
    done: int = Field(ge=0)
    accepted: int = Field(ge=0)
    accepted_before: int = Field(ge=0)
    #: Of a check: it would be accepted.
    valid: int = Field(ge=0)
    refused: int = Field(ge=0)
    #: A fault of ours: they may be handed in again.
    failed: int = Field(ge=0)


class JobRead(Shape):
    """A file of submissions, and how far it is."""

    id: str
    kind: Kind
    #: Whether it only says what would become of each row.
    check: bool
    status: JobState
    made_at: datetime
    done_at: datetime | None
    #: Lines of the file; of CSV the first names the columns.
    lines: int = Field(ge=0)
    rows: RowCounts

    @classmethod
    def of(cls, found: JobStanding) -> Self:
        """As it stands."""
        counts = {each.value: found.counts[each] for each in RowOutcome}
        return cls(
            id=found.id.hex,
            kind=found.kind,
            check=found.is_check,
            status=found.state,
            made_at=found.made_at,
            done_at=found.done_at,
            lines=found.lines,
            rows=RowCounts(done=sum(counts.values()), **counts),
        )


class JobRow(Shape):
    """What became of one row."""

    #: On which it begins.
    line: int
    outcome: RowOutcome
    #: Of the request that it is.
    tracking_code: str | None
    problems: tuple[FoundProblem, ...]

    @classmethod
    def of(cls, found: SettledRow) -> Self:
        """This row."""
        return cls(
            line=found.line,
            outcome=found.outcome,
            tracking_code=found.tracking_code,
            problems=tuple(map(FoundProblem.of, found.problems)),
        )


class JobRows(Shape):
    """A page of rows, in the file's order."""

    rows: tuple[JobRow, ...]
    #: What the next page, or the next look, is asked for by.
    cursor: str
    #: Whether there is more, or may be as the job goes on.
    more: bool

    @classmethod
    def of(cls, found: RowsPage) -> Self:
        """This page."""
        return cls(
            rows=tuple(map(JobRow.of, found.rows)), cursor=f"l{found.cursor}", more=found.more
        )
