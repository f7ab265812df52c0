"""Files of submissions that other systems hand in: a job each, with what became of every row.

Whoever carries a job holds its lease, and asks for it in each transaction that settles rows: a
process that was thought dead and goes on keeps nothing.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Index, UniqueConstraint, delete, func, or_, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import Field, SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.columns import JSON_DOCUMENT, instant, known, named, optional_instant
from models.inserting import insert_new
from models.requests import Request
from rules.errors import Conflict, NotFound
from rules.requests.file_forms import FileForm
from rules.requests.row_outcomes import RowOutcome
from rules.requests.statuses import Kind

#: A job whose carrier has said nothing for so long is taken by the next one.
LEASE = timedelta(seconds=60)
_ANYTHING = text("""
SELECT EXISTS (SELECT FROM submission_jobs WHERE done_at IS NULL) OR EXISTS (
    SELECT FROM submission_jobs WHERE done_at < clock_timestamp() - make_interval(days => :days)
)
""")


class JobUnknown(NotFound):
    """No file of this system's has this job."""


class JobTakenOver(Conflict):
    """Somebody else carries this job by now."""


class SubmissionJob(SQLModel, table=True):
    """A file of submissions, and how far it is."""

    __tablename__ = "submission_jobs"
    __table_args__ = (
        known("kind", Kind, name="a_job_is_of_a_known_kind"),
        known("form", FileForm, name="a_job_s_file_has_a_known_form"),
        UniqueConstraint("machine_id", "idempotency_key", name="the_same_file_is_one_job"),
        Index(
            "submission_jobs_to_carry",
            "carried_at",
            "made_at",
            postgresql_where=text("done_at IS NULL"),
        ),
        Index("submission_jobs_by_their_end", "done_at"),
        Index("submission_jobs_failed", "id", postgresql_where=text("has_failed")),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    machine_id: UUID = Field(foreign_key="machines.id")
    kind: Kind = Field(sa_type=named(Kind))
    form: FileForm = Field(sa_type=named(FileForm))
    #: Whether dates such as 11/04/1988 are said to begin with the day.
    day_first: bool
    #: Whether it only says what would become of each row.
    is_check: bool
    idempotency_key: str
    #: SHA-256 of the file.
    digest: str
    #: Lines of the file.
    lines: int
    made_at: datetime = instant()
    #: Who carries it now; its lease is as old as ``carried_at``.
    lease: UUID | None = None
    #: When it was last taken or brought on; None while it waits for the first time.
    carried_at: datetime | None = optional_instant()
    #: Every row up to this line is settled.
    settled_to: int = 0
    done_at: datetime | None = optional_instant()
    #: Whether it was ended before its rows were: by a fault of ours, or as its system was revoked.
    has_failed: bool = False


class SubmissionJobFile(SQLModel, table=True):
    """The file of a job that is not done."""

    __tablename__ = "submission_job_files"

    job_id: UUID = Field(foreign_key="submission_jobs.id", primary_key=True)
    content: bytes


class SubmissionJobRow(SQLModel, table=True):
    """What became of one row of a file."""

    __tablename__ = "submission_job_rows"
    __table_args__ = (
        known("outcome", RowOutcome, name="a_row_has_a_known_outcome"),
        Index(
            "submission_job_rows_with_problems",
            "job_id",
            "line",
            postgresql_where=text("outcome IN ('refused', 'failed')"),
        ),
    )

    job_id: UUID = Field(foreign_key="submission_jobs.id", primary_key=True)
    #: The line on which the row begins.
    line: int = Field(primary_key=True)
    outcome: RowOutcome = Field(sa_type=named(RowOutcome))
    #: The request that it is.
    request_id: UUID | None = Field(default=None, foreign_key="requests.id", index=True)
    problems: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSON_DOCUMENT)


async def add_job(session: AsyncSession, job: SubmissionJob, content: bytes) -> SubmissionJob:
    """Keep the job with its file, or find the one that has its key already."""
    added = await session.exec(
        insert(SubmissionJob)
        .values(**job.model_dump())
        .on_conflict_do_nothing(constraint="the_same_file_is_one_job")
        .returning(col(SubmissionJob.id))
    )
    if added.first() is not None:
        session.add(SubmissionJobFile(job_id=job.id, content=content))
        return job
    query = select(SubmissionJob).where(
        col(SubmissionJob.machine_id) == job.machine_id,
        col(SubmissionJob.idempotency_key) == job.idempotency_key,
    )
    return (await session.exec(query)).one()


async def open_jobs(session: AsyncSession, machine_id: UUID) -> int:
    """How many jobs of this machine are not done."""
    query = select(func.count()).where(
        col(SubmissionJob.machine_id) == machine_id, col(SubmissionJob.done_at).is_(None)
    )
    return (await session.exec(query)).one()


async def find_job(session: AsyncSession, job_id: UUID, *, machine_id: UUID) -> SubmissionJob:
    """The machine's job; raises `JobUnknown`, for another machine's too."""
    query = select(SubmissionJob).where(
        col(SubmissionJob.id) == job_id, col(SubmissionJob.machine_id) == machine_id
    )
    found = (await session.exec(query)).one_or_none()
    if found is None:
        raise JobUnknown
    return found


async def count_rows(session: AsyncSession, job_id: UUID) -> Counter[RowOutcome]:
    """How many rows of the job have become what."""
    query = (
        select(SubmissionJobRow.outcome, func.count())
        .where(col(SubmissionJobRow.job_id) == job_id)
        .group_by(col(SubmissionJobRow.outcome))
    )
    return Counter({RowOutcome(name): number for name, number in await session.exec(query)})


async def rows_after(
    session: AsyncSession, job: SubmissionJob, line: int, *, limit: int, with_problems: bool
) -> list[tuple[SubmissionJobRow, str | None]]:
    """The settled rows behind this line, each with its request's tracking code."""
    query = (
        select(SubmissionJobRow, Request.tracking_code)
        .join(Request, col(Request.id) == col(SubmissionJobRow.request_id), isouter=True)
        .where(
            col(SubmissionJobRow.job_id) == job.id,
            col(SubmissionJobRow.line) > line,
            col(SubmissionJobRow.line) <= job.settled_to,
        )
        .order_by(col(SubmissionJobRow.line))
        .limit(limit)
    )
    if with_problems:
        query = query.where(text("outcome IN ('refused', 'failed')"))
    return list((await session.exec(query)).all())


async def anything_to_do(glance: AsyncConnection, *, days: int) -> bool:
    """Whether a job is not done, or was done so many days ago."""
    return bool((await glance.execute(_ANYTHING, {"days": days})).scalar_one())


async def take_job(
    session: AsyncSession, lease: UUID, *, now: datetime
) -> tuple[SubmissionJob, bytes] | None:
    """Take the job that waits longest for its turn, with its file; None where none waits.

    Of two who take at once each has another one. One whose carrier died is taken as well.
    """
    waiting = (
        select(SubmissionJob.id)
        .where(
            col(SubmissionJob.done_at).is_(None),
            or_(col(SubmissionJob.lease).is_(None), col(SubmissionJob.carried_at) < now - LEASE),
        )
        .order_by(col(SubmissionJob.carried_at).asc().nulls_first(), col(SubmissionJob.made_at))
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    taken = await session.exec(
        update(SubmissionJob)
        .where(col(SubmissionJob.id) == waiting.scalar_subquery())
        .values(lease=lease, carried_at=now)
        .returning(col(SubmissionJob.id))
        .execution_options(synchronize_session=False)
    )
    job_id = taken.scalar_one_or_none()
    if job_id is None:
        return None
    query = (
        select(SubmissionJob, SubmissionJobFile.content)
        .join(SubmissionJobFile, col(SubmissionJobFile.job_id) == col(SubmissionJob.id))
        .where(col(SubmissionJob.id) == job_id)
    )
    return (await session.exec(query)).one()


async def keep_lease(session: AsyncSession, job: SubmissionJob, *, now: datetime) -> None:
    """Hold the job to the transaction's end; raises `JobTakenOver` where the lease is lost."""
    await _hold(session, job, carried_at=now)


async def note_rows(
    session: AsyncSession,
    job: SubmissionJob,
    rows: Sequence[SubmissionJobRow],
    *,
    settled_to: int | None,
) -> None:
    """Write down what became of these, and up to which line everything is settled.

    A row that is written stays as it is. The caller holds the job (`keep_lease`).
    """
    await insert_new(session, rows)
    if settled_to is not None:
        await _hold(session, job, settled_to=settled_to)


async def leave_job(session: AsyncSession, job: SubmissionJob) -> None:
    """Let whoever comes next go on with it; nothing where the lease is lost."""
    await session.exec(
        update(SubmissionJob)
        .where(col(SubmissionJob.id) == job.id, col(SubmissionJob.lease) == job.lease)
        .values(lease=None)
        .execution_options(synchronize_session=False)
    )


async def end_job(
    session: AsyncSession, job: SubmissionJob, *, has_failed: bool, now: datetime
) -> None:
    """The job is done, and its file is destroyed; raises `JobTakenOver`."""
    await _hold(session, job, lease=None, carried_at=now, done_at=now, has_failed=has_failed)
    await session.exec(delete(SubmissionJobFile).where(col(SubmissionJobFile.job_id) == job.id))


async def forget_jobs(session: AsyncSession, *, done_before: datetime, limit: int) -> None:
    """Remove so many jobs that were done before then, with what became of their rows."""
    query = (
        select(SubmissionJob.id)
        .where(col(SubmissionJob.done_at) < done_before)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    ids = (await session.exec(query)).all()
    if ids:
        await session.exec(delete(SubmissionJobRow).where(col(SubmissionJobRow.job_id).in_(ids)))
        await session.exec(delete(SubmissionJob).where(col(SubmissionJob.id).in_(ids)))


async def _hold(session: AsyncSession, job: SubmissionJob, **values: Any) -> None:
    held = await session.exec(
        update(SubmissionJob)
        .where(col(SubmissionJob.id) == job.id, col(SubmissionJob.lease) == job.lease)
        .values(**values)
        .execution_options(synchronize_session=False)
    )
    if held.rowcount == 0:
        raise JobTakenOver
