"""Carrying the files that machines handed in: what a worker's house-keeping does.

A file is read chunk by chunk, and each chunk is settled with what became of its rows in one
transaction, under the job's lease. Killed on the way, nothing is lost and nothing done twice: the
next one begins behind the last chunk, and a row that was accepted has its key.
"""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import dropwhile, groupby, islice
from uuid import uuid4

from sqlmodel.ext.asyncio.session import AsyncSession

from desk.accounts.machine_keys import Calling
from desk.machines.on_behalf import ByMachine
from desk.machines.wishes import is_key, names_an_address, own_key
from desk.policy import current_policy
from desk.requests.submission_files import rows_of
from desk.requests.submitting_many import (
    Beside,
    RowResult,
    SubmittedRow,
    rehearse_many,
    submit_many,
)
from models.database import glances, is_passing, transaction
from models.door import ring
from models.machines import Machine, employers_of
from models.submission_jobs import (
    JobTakenOver,
    SubmissionJob,
    SubmissionJobRow,
    anything_to_do,
    end_job,
    forget_jobs,
    keep_lease,
    leave_job,
    note_rows,
    take_job,
)
from rules.findings.problems import problem
from rules.requests.statuses import Kind

logger = logging.getLogger("mumaris.files")

Clock = Callable[[], datetime]

#: A pass hands its file on after so many seconds, so that a worker can leave, and files of other
#: systems have their turn.
HOLDS_SECONDS = 5.0
#: Rows that are read together, in a thread, and settled in one transaction. A worker carries single
#: requests beside them: a hundred rows keep its loop for about a tenth of a second.
TOGETHER = 100
#: Jobs that are forgotten at once.
_FORGOTTEN_TOGETHER = 20
#: What no machine's key is: it stands for one that has not the form of a key.
_NO_KEY = "x" * 91


async def files_wait() -> bool:
    """Whether there is anything for `carry_files` to do, by the database's clock."""
    days = current_policy().api.file_result_days
    async with glances() as connection:
        return await anything_to_do(connection, days=days)


async def carry_files(*, clock: Clock, holds: float = HOLDS_SECONDS) -> None:
    """Carry what waits, a turn each, for about so many seconds; then forget what is old.

    Safe in many places at once: each carries another file. What is left over rings the bell, so
    that it goes on at once. Raises the database's error where it stays away.
    """
    until = time.monotonic() + holds
    while time.monotonic() < until:
        lease = uuid4()
        async with transaction() as session:
            taken = await take_job(session, lease, now=clock())
        if taken is None:
            break
        await _Carrying(*taken, clock=clock, until=until).go_on()
    days = timedelta(days=current_policy().api.file_result_days)
    async with transaction() as session:
        await forget_jobs(session, done_before=clock() - days, limit=_FORGOTTEN_TOGETHER)


@dataclass
class _Carrying:
    """One turn of one file."""

    job: SubmissionJob
    content: bytes
    clock: Clock
    until: float
    #: Whether the turn was over before the file was.
    is_cut: bool = field(default=False, init=False)

    async def go_on(self) -> None:
        """Settle rows until there are no more, or the turn is over."""
        try:
            await self._carry()
        except JobTakenOver:
            logger.warning("a file is carried by somebody else by now")
        except Exception as fault:
            if is_passing(fault):
                await self._leave()
                raise
            # Its words may quote the file.
            logger.error("a file could not be carried: %s", type(fault).__name__)  # noqa: TRY400
            await self._end(has_failed=True)
        except asyncio.CancelledError:
            await self._leave()
            raise

    async def _carry(self) -> None:
        calling = await self._calling()
        if calling is None:  # it was revoked since
            await self._end(has_failed=True)
            return
        settled: list[RowResult[int]] = []
        async for result in self._results(calling):
            settled.append(result)
            if len(settled) == TOGETHER:
                await self._note(settled)
                settled = []
        if settled:
            await self._note(settled)
        if self.is_cut:
            await self._leave()
        else:
            await self._end(has_failed=False)

    async def _calling(self) -> Calling | None:
        """The machine as it stands now; None where it was revoked."""
        async with transaction() as session:
            machine = await session.get_one(Machine, self.job.machine_id)
            employers = frozenset(await employers_of(session, machine.id))
        if machine.revoked_at is not None:
            return None
        return Calling(
            machine_id=machine.id, name=machine.name, kind=machine.kind, employers=employers
        )

    def _results(self, calling: Calling) -> AsyncIterator[RowResult[int]]:
        kind, rows = Kind(self.job.kind), self._rows(calling)
        on_behalf = ByMachine(calling, self.clock())
        if self.job.is_check:
            return rehearse_many(
                kind, rows, clock=self.clock, on_behalf=on_behalf, together=TOGETHER
            )
        return submit_many(
            kind, rows, clock=self.clock, beside=Beside(on_behalf, self._beside), together=TOGETHER
        )

    async def _rows(self, calling: Calling) -> AsyncIterator[SubmittedRow[int]]:
        """The rows from where the last turn ended; a rehearsal begins again, as it remembers."""
        job = self.job
        rows: Iterable[SubmittedRow[int]] = rows_of(
            self.content, job.form, Kind(job.kind), day_first=job.day_first
        )
        if not job.is_check:
            rows = dropwhile(lambda row: row.mark <= job.settled_to, rows)
        each = iter(rows)
        while some := await asyncio.to_thread(lambda: list(islice(each, TOGETHER))):
            for row in some:
                yield _of_machine(calling, row)
            if not job.is_check and time.monotonic() >= self.until:
                self.is_cut = True
                return

    async def _beside(self, session: AsyncSession, settled: Sequence[RowResult[int]]) -> None:
        """What became of rows, in the transaction that settles them; others may be to come."""
        await keep_lease(session, self.job, now=self.clock())
        await note_rows(session, self.job, [self._row(each) for each in settled], settled_to=None)

    async def _note(self, settled: Sequence[RowResult[int]]) -> None:
        """Those too that no transaction settled, such as what could not be read."""
        async with transaction() as session:
            await keep_lease(session, self.job, now=self.clock())
            rows = [self._row(each) for each in _one_a_line(settled)]
            await note_rows(session, self.job, rows, settled_to=settled[-1].mark)

    async def _leave(self) -> None:
        async with transaction() as session:
            await leave_job(session, self.job)
            await ring(session)

    async def _end(self, *, has_failed: bool) -> None:
        async with transaction() as session:
            await end_job(session, self.job, has_failed=has_failed, now=self.clock())

    def _row(self, result: RowResult[int]) -> SubmissionJobRow:
        return SubmissionJobRow(
            job_id=self.job.id,
            line=result.mark,
            outcome=result.outcome,
            request_id=result.request_id,
            problems=[each.to_json() for each in result.problems],
        )


def _one_a_line(settled: Sequence[RowResult[int]]) -> Iterator[RowResult[int]]:
    """All problems of a line together: of its head a file may have several."""
    for _, some in groupby(settled, key=lambda each: each.mark):
        first, *more = some
        yield replace(first, problems=sum((each.problems for each in more), first.problems))


def _of_machine(calling: Calling, row: SubmittedRow[int]) -> SubmittedRow[int]:
    """The row under the machine's own key; what no machine may send is noted."""
    if not isinstance(row.submission, Mapping):
        return row
    wish, noted = dict(row.submission), [*row.noted]
    if names_an_address(wish):
        noted.append(problem("email_by_owner_alone", "email"))
    key = wish.get("idempotency_key")
    if isinstance(key, str):
        if not is_key(key):
            noted.append(problem("idempotency_key_form", "idempotency_key"))
            key = _NO_KEY
        wish["idempotency_key"] = own_key(calling, key)
    return replace(row, submission=wish, noted=tuple(noted))
