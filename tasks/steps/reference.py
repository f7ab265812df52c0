"""Issue the reference number: once, sequential, gap-free."""

from functools import partial

from desk.clock import utc_now
from desk.policy import current_policy
from models.database import transaction
from models.door import PIPELINE, record
from models.references import next_number
from models.requests import Request, find_request
from rules.requests.events import EventName
from rules.requests.reference_number import format_reference, reference_year
from rules.requests.statuses import Kind, Status
from rules.values.dates import riyadh_day
from tasks.steps.step import step


def _is_due(request: Request) -> bool:
    return request.status == Status.APPROVED and request.reference_number is None


@step("issue reference", is_due=_is_due)
async def issue_reference(tracking_code: str) -> None:
    """Give an approved request its reference number; one that has it keeps it.

    The number and the row that bears it are one transaction: a crash leaves both or neither, and a
    number that was not kept is given to the next request.
    """
    async with transaction() as session:
        request = await find_request(session, tracking_code, lock=True)
        if not _is_due(request):
            return
        calendar = current_policy().references.calendar
        year = reference_year(riyadh_day(request.status_since), calendar)
        request.reference_number = await next_number(
            session,
            Request.reference_number,
            partial(format_reference, Kind(request.kind), year),
            kind=request.kind,
            calendar=calendar,
            year=year,
        )
        record(session, request, EventName.REFERENCE_ISSUED, by=PIPELINE, now=utc_now())
