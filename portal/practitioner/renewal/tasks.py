"""The task list of a renewal that is being written: what is left to do, taken out, or discarded."""

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from desk.accounts.signed_in import SignedIn
from desk.clock import last_day
from desk.drafts.correcting import note_of
from desk.drafts.holding import kinds_held
from desk.drafts.keeping import RequestIsOpen
from desk.drafts.renewal import (
    Renewal,
    ReviewedRenewal,
    discard,
    look,
    remove_document,
    review,
)
from portal.forms.sending import texts_of
from portal.practitioner.renewal.rows import stated, tasks
from portal.practitioner.renewal.start import START, TASKS, not_being_written
from portal.practitioner.update.editing import to_request
from portal.practitioner.update.start import READ, REFUSED, owner_of
from portal.web.clock import Now
from portal.web.csrf import FIELD, is_ours
from portal.web.languages import page_language, with_language
from portal.web.pages import page
from portal.web.who import Who

router = APIRouter()

DISCARD = "/renewal/discard"


@router.api_route(TASKS, methods=READ)
async def show_tasks(request: Request, who: Who, now: Now) -> Response:
    """What is to be done before it can be sent, as policy asks of this person."""
    renewal = await look(owner_of(who), now=now)
    found = not_being_written(request, renewal)
    if found is not None:
        return found
    reviewed = await review(renewal, now=now)
    return await _tasks(request, who, reviewed, now)


@router.post("/renewal/remove/{part}")
async def remove(part: str, request: Request, who: Who, now: Now) -> Response:
    """Take a document out; pressed again, it is the same."""
    owner = owner_of(who)
    sent = await texts_of(request, (FIELD,))
    renewal = await look(owner, now=now)
    found = not_being_written(request, renewal)
    if found is not None:
        return found
    if not is_ours(request, sent[FIELD]):
        return await _tasks(request, who, await review(renewal, now=now), now, status=REFUSED)
    try:
        await remove_document(owner, part, now=now)
    except RequestIsOpen as refused:
        return to_request(request, refused.tracking_code)
    return RedirectResponse(with_language(request, TASKS), status_code=303)


@router.api_route(DISCARD, methods=READ)
async def ask_to_discard(request: Request, who: Who, now: Now) -> Response:
    """Asks once."""
    renewal = await look(owner_of(who), now=now)
    return not_being_written(request, renewal) or _discard(request, who, renewal)


@router.post(DISCARD)
async def discard_all(request: Request, who: Who, now: Now) -> Response:
    """Destroy what was typed; pressed again, it is the same."""
    owner = owner_of(who)
    sent = await texts_of(request, (FIELD,))
    if not is_ours(request, sent[FIELD]):
        renewal = await look(owner, now=now)
        return not_being_written(request, renewal) or _discard(
            request, who, renewal, status=REFUSED
        )
    await discard(owner)
    return RedirectResponse(with_language(request, START), status_code=303)


def _discard(request: Request, who: SignedIn, renewal: Renewal, *, status: int = 200) -> Response:
    return page(
        "renewal/discard.html",
        request,
        page_language(request, who.language),
        status=status,
        path=DISCARD,
        corrects=renewal.corrects is not None,
        again=status == REFUSED,
    )


async def _tasks(
    request: Request, who: SignedIn, reviewed: ReviewedRenewal, now: Now, *, status: int = 200
) -> Response:
    listed = tasks(reviewed)
    renewal = reviewed.renewal
    corrects = renewal.corrects
    kinds = [task.kind for task in listed if task.kind and task.can_change]
    return page(
        "renewal/tasks.html",
        request,
        page_language(request, who.language),
        status=status,
        path=TASKS,
        again=status == REFUSED,
        renewal=renewal,
        note=await note_of(corrects.tracking_code) if corrects else None,
        due_on=last_day(corrects.closes_at) if corrects and corrects.closes_at else None,
        tasks=listed,
        held=await kinds_held(owner_of(who), kinds, besides=renewal, now=now),
        blocks={block.part: block for block in stated(reviewed)},
        whole=[each.problem.sentence for each in reviewed.of(None)],
        may_review=all(task.is_done for task in listed),
    )
