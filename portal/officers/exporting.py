"""A queue taken along as a file, by supervisors and auditors, with a reason for the log."""

from collections.abc import AsyncIterator, Mapping
from datetime import datetime

from fastapi import APIRouter, Request
from fastapi.responses import Response, StreamingResponse

from desk.accounts.signed_in import SignedIn
from desk.policy import current_policy
from desk.queues.exporting import Rows, Wanted, export_queue
from desk.queues.filtering import narrowed_by
from desk.queues.listing import read_queue
from desk.requests.reasons import ReasonNotSaid
from models.queues import MOST_COUNTED
from portal.forms.sending import texts_of
from portal.officers.listed import Listed, carry_on, listed_in
from portal.officers.start import READ, REFUSED, UNREADABLE, Auditor, name_of
from portal.web.clock import Now
from portal.web.csrf import FIELD, is_ours
from portal.web.forms import SWITCH
from portal.web.languages import page_language
from portal.web.pages import page
from portal.web.sentences import said
from rules.findings.both_languages import InBoth
from rules.findings.problems import ValueRefused
from rules.requests.queue_filters import DueWhen
from rules.requests.queues import Queue
from rules.requests.review import ReviewReason
from rules.requests.statuses import Kind
from rules.values.csv_lines import BEGIN, csv_lines
from rules.values.dates import riyadh_day

router = APIRouter()

EXPORT = "/desk/export"
_TICKED = "yes"
_BOXES = ("reason", "identity")


@router.api_route(EXPORT, methods=READ)
async def ask_for_file(request: Request, who: Auditor, now: Now) -> Response:
    """How many rows there are, and why they are wanted; shows nobody's details."""
    return await _form(request, who, dict.fromkeys(_BOXES, ""), now=now)


@router.post(EXPORT)
async def send_file(request: Request, who: Auditor, now: Now) -> Response:
    """The file, piece by piece; each row is a look. Sent again, it is another one."""
    sent = await texts_of(request, (FIELD, SWITCH, *_BOXES))
    if sent[SWITCH]:
        return await _form(request, who, sent, now=now)
    if not is_ours(request, sent[FIELD]):
        mistakes = {"": said("form.again")}
        return await _form(request, who, sent, mistakes, REFUSED, now=now)
    listed, queue = _list(request)
    wanted = Wanted(
        queue=queue,
        narrowed=narrowed_by(listed.filters, now=now),
        reason=sent["reason"],
        identity_numbers=sent["identity"] == _TICKED,
    )
    rows = export_queue(wanted, name_of(who), now=now)
    try:
        first = await anext(rows)
    except ReasonNotSaid:
        return await _form(request, who, sent, _why(said("aside.why.mistake")), UNREADABLE, now=now)
    except ValueRefused as refused:
        sentence = refused.about("reason").sentence
        return await _form(request, who, sent, _why(sentence), UNREADABLE, now=now)
    name = f"mumaris-{queue}-{riyadh_day(now)}.csv"
    return StreamingResponse(
        _lines(first, rows),
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _why(sentence: InBoth) -> Mapping[str, InBoth]:
    return {"reason": sentence}


async def _lines(first: Rows, rows: AsyncIterator[Rows]) -> AsyncIterator[str]:
    yield BEGIN + csv_lines(first)
    async for piece in rows:
        yield csv_lines(piece)


def _list(request: Request) -> tuple[Listed, Queue]:
    queue = listed_in(request).queue or Queue.ALL
    return carry_on(request, queue), queue


async def _form(
    request: Request,
    who: SignedIn,
    sent: Mapping[str, str],
    mistakes: Mapping[str, InBoth] | None = None,
    status: int = 200,
    *,
    now: datetime,
) -> Response:
    listed, queue = _list(request)
    narrowed = narrowed_by(listed.filters, now=now)
    found = await read_queue(queue, name_of(who), narrowed, now=now, limit=1)
    language = page_language(request)
    mistakes = mistakes or {}
    return page(
        "desk/export.html",
        request,
        language,
        status=status,
        path=EXPORT,
        sent=sent,
        mistakes=mistakes,
        summary=[(box, sentence.in_(language)) for box, sentence in mistakes.items()],
        count=found.counts[queue],
        most=current_policy().review.export_at_most,
        most_counted=MOST_COUNTED,
        queue=queue,
        queues=list(Queue),
        listed=listed,
        kinds=list(Kind),
        dues=list(DueWhen),
        officers=sorted({*found.at_work, *filter(None, [listed.filters.officer])}),
        reasons={reason.value: reason.sentence for reason in ReviewReason},
    )
