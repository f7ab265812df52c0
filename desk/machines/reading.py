"""What a machine sees of requests: how one stands, and which have changed."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from desk.accounts.machine_keys import Calling
from desk.cases.own import MyRequest, own_request_in
from desk.cases.standing import Standing, standing_of
from desk.looks import note_look
from desk.machines.own_people import own_request, sees_its_own_alone
from models.access_log import Looked
from models.database import snapshot
from models.request_changes import changed_requests, settled_span
from rules.accounts.machines import MachineAct, MachineKind

#: A change is listed when it is so old: by then every change before it has been committed. A step
#: of ours is ended after thirty seconds in which it does nothing (`models.connections.STEPS`).
SETTLES = timedelta(seconds=30)


@dataclass(frozen=True)
class ChangesPage:
    """A page of requests that changed, the earliest change first."""

    requests: tuple[Standing, ...]
    #: What the next page is asked for by.
    cursor: int
    #: Whether there may be more at once.
    more: bool


async def read_request(calling: Calling, tracking_code: str, *, now: datetime) -> MyRequest:
    """How the request stands, as its applicant is told; a line of the access log.

    Raises `NotForThisMachine`, and `RequestUnknown` for what the machine does not see.
    """
    calling.refuse_unless(MachineAct.READ)
    async with snapshot() as session:
        request = await own_request(session, calling, tracking_code)
        await note_look(
            session,
            Looked.CASE,
            by=calling.looker,
            now=now,
            practitioner_id=request.practitioner_id,
            request_id=request.id,
        )
        return await own_request_in(session, request)


async def list_changed(calling: Calling, *, cursor: int, limit: int, now: datetime) -> ChangesPage:
    """The requests that the machine sees and that changed after this cursor; 0 for all of them.

    Codes and statuses, nobody's data. Asked again with the cursor that it gave, it gives what came
    since; nothing is left out, and a request may be listed again that has not changed. A page looks
    through a part of the history, and may be empty with more to come. Raises `NotForThisMachine`.
    """
    calling.refuse_unless(MachineAct.READ)
    is_employers = calling.kind is MachineKind.EMPLOYER
    async with snapshot() as session:
        span = await settled_span(session, after=cursor, settled=now - SETTLES)
        found = await changed_requests(
            session,
            span,
            limit=limit,
            employers=calling.employers if is_employers else None,
            machine_id=calling.machine_id if is_employers and sees_its_own_alone() else None,
        )
    is_full = len(found) == limit
    return ChangesPage(
        requests=tuple(standing_of(request) for request, _ in found),
        cursor=found[-1][1] if is_full else span.last,
        more=is_full or span.more,
    )
