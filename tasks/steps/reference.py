"""Issue the reference number: once, sequential, gap-free."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from itertools import groupby
from uuid import UUID

from desk.clock import utc_now
from desk.policy import current_policy
from models.database import transaction
from models.door import PIPELINE, record_all
from models.references import next_numbers
from models.request_sets import lock_requests, write_changed
from models.requests import Request
from models.standing import WhereItStands
from rules.requests.events import EventName
from rules.requests.reference_number import format_reference, reference_year
from rules.requests.statuses import Kind, Status
from rules.values.dates import riyadh_day
from tasks.steps.step import step


def _is_due(request: WhereItStands) -> bool:
    return request.status == Status.APPROVED and request.reference_number is None


@step("issue reference", is_due=_is_due)
async def issue_reference(ids: Sequence[UUID]) -> Mapping[UUID, datetime]:
    """Give approved requests their reference numbers, in the order in which they were approved.

    One that has a number keeps it. The numbers and the rows that bear them are one transaction: a
    crash leaves both or neither, and numbers that were not kept are given to the next requests.
    """
    calendar = current_policy().references.calendar

    def series(request: Request) -> tuple[str, int]:
        return request.kind, reference_year(riyadh_day(request.status_since), calendar)

    async with transaction() as session:
        due = [each for each in await lock_requests(session, ids) if _is_due(each)]
        # Counters, too, are locked in one order for everybody.
        due.sort(key=lambda each: (*series(each), each.status_since, each.submitted_at, each.id))
        for (kind, year), alike in groupby(due, key=series):
            requests = list(alike)
            numbers = await next_numbers(
                session,
                Request.reference_number,
                partial(format_reference, Kind(kind), year),
                len(requests),
                kind=kind,
                calendar=calendar,
                year=year,
            )
            for request, number in zip(requests, numbers, strict=True):
                request.reference_number = number
        await write_changed(session, due)
        if due:
            await record_all(session, due, EventName.REFERENCE_ISSUED, by=PIPELINE, now=utc_now())
    return {}
