"""Files of submissions that a machine hands in: taken as jobs, and asked after."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from desk.accounts.machine_keys import Calling
from desk.kinds.reading import SubmissionRefused
from desk.machines.wishes import is_key
from desk.policy import current_policy
from desk.requests.accepting import IdempotencyKeyReused
from models.database import snapshot, transaction
from models.door import ring
from models.machines import Machine
from models.submission_jobs import (
    SubmissionJob,
    add_job,
    count_rows,
    find_job,
    open_jobs,
    rows_after,
)
from rules.accounts.machines import MachineAct
from rules.errors import TooOften
from rules.findings.problems import Problem, problem
from rules.requests.file_forms import FileForm
from rules.requests.row_outcomes import RowOutcome
from rules.requests.statuses import Kind
from rules.values.sizes import Size


class FilesGoOn(TooOften):
    """So many files of this system wait, or are under way, already."""


class JobState(StrEnum):
    """Where a job stands."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    #: It ended before its rows were settled; the same rows may be handed in again.
    FAILED = "failed"


@dataclass(frozen=True, kw_only=True, repr=False)
class SentFile:
    """A file of submissions, and how it is to be read."""

    content: bytes
    form: FileForm
    kind: Kind
    is_check: bool
    day_first: bool

    @property
    def digest(self) -> str:
        """What tells one from another; how it is read is a part of it."""
        read_as = f"{self.form}:{self.kind}:{self.is_check}:{self.day_first}:"
        return hashlib.sha256(read_as.encode() + self.content).hexdigest()

    @property
    def lines(self) -> int:
        """How many lines it has; those of other alphabets' sixteen bits are counted too many."""
        return self.content.count(b"\n") + (not self.content.endswith(b"\n"))


@dataclass(frozen=True, kw_only=True)
class JobStanding:
    """A job as its machine sees it."""

    id: UUID
    kind: Kind
    is_check: bool
    state: JobState
    made_at: datetime
    done_at: datetime | None
    lines: int
    #: Rows that are settled, by what became of them.
    counts: Mapping[RowOutcome, int]


@dataclass(frozen=True, kw_only=True)
class SettledRow:
    """What became of one row."""

    line: int
    outcome: RowOutcome
    tracking_code: str | None
    problems: tuple[Problem, ...]


@dataclass(frozen=True, kw_only=True)
class RowsPage:
    """A page of rows in the file's order."""

    rows: tuple[SettledRow, ...]
    #: The line behind which the next page begins.
    cursor: int
    #: Whether there is more, or may be once more rows are settled.
    more: bool


async def hand_file_in(calling: Calling, sent: SentFile, *, key: str, now: datetime) -> JobStanding:
    """Take this file as a job, which a worker's house-keeping carries; how it stands.

    The same key with the same file is the same job, however often and however concurrently it
    comes. Raises `NotForThisMachine`, `SubmissionRefused` for a file that is too large, too long or
    empty, `FilesGoOn`, `IdempotencyKeyReused`; then nothing is kept.
    """
    calling.refuse_unless(MachineAct.HAND_IN)
    _refuse_at_sight(sent, key)
    job = SubmissionJob(
        machine_id=calling.machine_id,
        kind=sent.kind,
        form=sent.form,
        day_first=sent.day_first,
        is_check=sent.is_check,
        idempotency_key=key,
        digest=sent.digest,
        lines=sent.lines,
        made_at=now,
    )
    async with transaction() as session:
        await session.get_one(Machine, calling.machine_id, with_for_update=True)
        kept = await add_job(session, job, sent.content)
        if kept.digest != job.digest:
            raise IdempotencyKeyReused
        if kept.id == job.id:
            if await open_jobs(session, calling.machine_id) > current_policy().api.files_open:
                raise FilesGoOn
            await ring(session)
        return _standing(kept, await count_rows(session, kept.id))


async def read_job(calling: Calling, job_id: UUID) -> JobStanding:
    """How the job stands; raises `NotForThisMachine`, and `JobUnknown` for another machine's."""
    calling.refuse_unless(MachineAct.READ)
    async with snapshot() as session:
        job = await find_job(session, job_id, machine_id=calling.machine_id)
        return _standing(job, await count_rows(session, job.id))


async def list_rows(
    calling: Calling, job_id: UUID, *, after: int, limit: int, with_problems: bool = False
) -> RowsPage:
    """The settled rows behind a line, or those of them that have problems; raises as `read_job`.

    Codes and sentences of ours, and nothing of what the file holds. Asked again with the cursor
    that it gave, it gives what was settled since.
    """
    calling.refuse_unless(MachineAct.READ)
    async with snapshot() as session:
        job = await find_job(session, job_id, machine_id=calling.machine_id)
        found = await rows_after(session, job, after, limit=limit, with_problems=with_problems)
    is_full = len(found) == limit
    rows = tuple(
        SettledRow(
            line=row.line,
            outcome=RowOutcome(row.outcome),
            tracking_code=code,
            problems=tuple(map(Problem.from_json, row.problems)),
        )
        for row, code in found
    )
    return RowsPage(
        rows=rows,
        cursor=rows[-1].line if is_full else max(after, job.settled_to),
        more=is_full or job.done_at is None,
    )


def _refuse_at_sight(sent: SentFile, key: str) -> None:
    policy = current_policy().api
    if not is_key(key):
        raise SubmissionRefused([problem("idempotency_key_header", "idempotency_key")])
    if len(sent.content) > policy.file_bytes:
        limit = Size(policy.file_bytes)
        raise SubmissionRefused([problem("file_too_big", "file", limit=limit)])
    if sent.lines > policy.file_lines:
        raise SubmissionRefused([problem("file_too_long", "file", limit=policy.file_lines)])
    if not sent.content.strip():
        raise SubmissionRefused([problem("file_empty", "file")])


def _standing(job: SubmissionJob, counts: Mapping[RowOutcome, int]) -> JobStanding:
    return JobStanding(
        id=job.id,
        kind=Kind(job.kind),
        is_check=job.is_check,
        state=_state(job),
        made_at=job.made_at,
        done_at=job.done_at,
        lines=job.lines,
        counts={each: counts.get(each, 0) for each in RowOutcome},
    )


def _state(job: SubmissionJob) -> JobState:
    if job.done_at is not None:
        return JobState.FAILED if job.has_failed else JobState.DONE
    return JobState.WAITING if job.carried_at is None else JobState.RUNNING
