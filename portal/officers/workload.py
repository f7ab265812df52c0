"""The supervisors' page of how much there is to do, and what was done."""

import re

from fastapi import APIRouter, Request
from fastapi.responses import Response

from desk.queues.workload import MOST_DAYS, USUAL_DAYS, Load, read_workload
from portal.officers.listed import Listed
from portal.officers.start import READ, Supervisor
from portal.web.clock import Now
from portal.web.languages import page_language
from portal.web.pages import page
from rules.requests.queue_filters import DueWhen, QueueFilters
from rules.requests.queues import Queue
from rules.requests.statuses import Kind

router = APIRouter()

WORKLOAD = "/desk/workload"
#: The choices of how many days are looked back on.
_CHOICES = (7, USUAL_DAYS, 91, MOST_DAYS)
_DAYS = re.compile(r"[1-9][0-9]{0,2}", re.ASCII)


@router.api_route(WORKLOAD, methods=READ)
async def show_workload(request: Request, _: Supervisor, now: Now) -> Response:
    """By officer and by kind; each number that has a list leads to it. No rank."""
    typed = request.query_params.get("days", "")
    days = min(int(typed), MOST_DAYS) if _DAYS.fullmatch(typed) else USUAL_DAYS
    return page(
        "desk/workload.html",
        request,
        page_language(request),
        path=WORKLOAD,
        found=await read_workload(days=days, now=now),
        days=days,
        choices=sorted({*_CHOICES, days}),
        of_officer=_of_officer,
        of_kind=_of_kind,
    )


def _of_officer(load: Load, due: str | None = None) -> str:
    """Where what this officer works on is listed."""
    return _address(QueueFilters(officer=load.name, due=DueWhen(due) if due else None))


def _of_kind(load: Load, due: str | None = None) -> str:
    """Where what waits of this kind is listed."""
    return _address(QueueFilters(kind=Kind(load.name), due=DueWhen(due) if due else None))


def _address(filters: QueueFilters) -> str:
    return Listed(filters=filters).address(Queue.ALL)
