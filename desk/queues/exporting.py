"""A queue as the rows of a file, for whoever oversees the desk; each row is a look."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from desk.cases.gate import Gate, gates_of
from desk.clock import last_day
from desk.kinds.registry import kind_of
from desk.looks import Looker, note_look
from desk.policy import as_on_card, current_policy
from desk.requests.reasons import said_reason
from models.access_log import Looked
from models.database import patiently, snapshot
from models.officers import find_officer
from models.practitioners import Practitioner, practitioners_of
from models.queues import Narrowed, PageEnd, page_of_queue
from models.requests import Request
from rules.requests.queues import Queue
from rules.values.dates import RIYADH
from rules.values.spreadsheet_cells import as_cell

HEADINGS = (
    "tracking_code",
    "kind",
    "why",
    "waiting_since",
    "due",
    "late",
    "officer",
    "approvals",
    "approvals_needed",
    "round",
    "registration_number",
    "name_ar",
    "name_en",
)
IDENTITY_NUMBER = "identity_number"
#: Rows that are read, noted and handed on together.
_AT_ONCE = 500


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What is exported, and why."""

    queue: Queue
    narrowed: Narrowed
    #: For the access log.
    reason: str
    identity_numbers: bool = False

    @property
    def headings(self) -> tuple[str, ...]:
        """The names of the columns, which stay: programs read them."""
        return (*HEADINGS, IDENTITY_NUMBER) if self.identity_numbers else HEADINGS


Rows = Sequence[tuple[str, ...]]


async def export_queue(wanted: Wanted, officer: str, *, now: datetime) -> AsyncIterator[Rows]:
    """The headings, then the queue's rows, most urgent first, as many as policy says at most.

    Every row is a line of the access log with the reason, written before the row is handed on; so
    whoever stops on the way has looked at no more than they got. An officer's own requests are left
    out. Rows of one piece are of one moment. Repeated, it is another look. Raises `ReasonNotSaid`,
    `rules.findings.problems.ValueRefused` for a reason that is no text, and `OfficerUnknown`.
    """
    reason = said_reason(wanted.reason)
    left, after = current_policy().review.export_at_most, None
    pieces = [wanted.headings]
    while True:
        limit = min(left, _AT_ONCE)
        found, rows = await _piece(wanted, officer, reason, after, limit=limit, now=now)
        yield [*pieces, *rows]
        pieces, left = [], left - len(found)
        last = found[-1] if len(found) == limit else None
        if last is None or last.review_due_at is None or not left:
            return
        after = PageEnd(last.review_due_at, last.id)


@patiently
async def _piece(
    wanted: Wanted,
    officer: str,
    reason: str,
    after: PageEnd | None,
    *,
    limit: int,
    now: datetime,
) -> tuple[list[Request], Rows]:
    by = Looker.officer(officer)
    async with snapshot() as session:
        who = await find_officer(session, officer)
        found = await page_of_queue(
            session,
            wanted.queue,
            who.user_name,
            wanted.narrowed,
            now=now,
            limit=limit,
            after=after,
        )
        own = who.practitioner_id
        shown = [one for one in found if own is None or one.practitioner_id != own]
        people = await practitioners_of(session, [one.practitioner_id for one in shown])
        gates = await gates_of(session, shown, now=now)
        rows = []
        for request, gate in zip(shown, gates, strict=True):
            await note_look(
                session,
                Looked.EXPORT,
                by=by,
                now=now,
                practitioner_id=request.practitioner_id,
                request_id=request.id,
                why=reason,
            )
            person = people.get(request.practitioner_id) if request.practitioner_id else None
            cells = await _cells(session, request, gate, person, wanted, now=now)
            rows.append(tuple(map(as_cell, cells)))
    return found, rows


async def _cells(
    session: AsyncSession,
    request: Request,
    gate: Gate,
    person: Practitioner | None,
    wanted: Wanted,
    *,
    now: datetime,
) -> tuple[str, ...]:
    applicant = await kind_of(request).applicant_of(session, request)
    number = applicant.registration_number
    cells = (
        gate.tracking_code,
        str(gate.kind),
        " ".join(gate.reasons),
        gate.waiting_since.astimezone(RIYADH).isoformat(timespec="minutes"),
        last_day(gate.due_at).isoformat() if gate.due_at else "",
        "yes" if gate.is_overdue(now) else "",
        gate.holder(now) or "",
        str(gate.approvals),
        str(gate.approvals_needed),
        str(gate.round),
        as_on_card(number) if number else "",
        applicant.name_ar,
        applicant.name_en,
    )
    if not wanted.identity_numbers:
        return cells
    return (*cells, person.identity_number if person else "")
