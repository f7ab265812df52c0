"""A registration as it will be sent, the declaration, and Next."""

from collections.abc import Sequence
from functools import partial

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from desk.accounts.newcomers import CameIn
from desk.drafts.registration import look
from desk.drafts.registration_sending import review, send
from portal.forms.sending import texts_of
from portal.practitioner.pressing_next import answer_to_next
from portal.practitioner.registration.rows import written
from portal.practitioner.registration.who import (
    READ,
    REFUSED,
    STEPS,
    Registering,
)
from portal.practitioner.registration.writing import not_being_written
from portal.practitioner.update.seen import SEEN, seen_of, seen_text
from portal.web.clock import Now
from portal.web.csrf import FIELD, is_ours
from portal.web.languages import page_language, with_language
from portal.web.pages import page
from portal.web.sentences import said
from rules.findings.both_languages import InBoth

router = APIRouter()

REVIEW = "/register/review"
_TICKED = "yes"


@router.api_route(REVIEW, methods=READ)
async def show_review(request: Request, who: Registering, now: Now) -> Response:
    """All of it, each with Change, and everything that is to be put right."""
    return await _review(request, who, now)


@router.post(REVIEW)
async def press_next(request: Request, who: Registering, now: Now) -> Response:
    """Send it, once; pressed again, or in another window, it leads to the same request."""
    sent = await texts_of(request, (FIELD, SEEN, "sure"))
    if not is_ours(request, sent[FIELD]):
        return await _review(request, who, now, [said("form.again")], REFUSED)
    seen = seen_of(sent[SEEN])
    if seen.draft_id is None:
        return RedirectResponse(with_language(request, STEPS), status_code=303)
    return await answer_to_next(
        request,
        partial(
            send,
            who.address,
            draft_id=seen.draft_id,
            version=seen.version,
            language=page_language(request).value,
            confirmed=sent["sure"] == _TICKED,
            now=now,
        ),
        partial(_review, request, who, now),
        start=STEPS,
        sent="/register/requests/{code}/sent",
    )


async def _review(
    request: Request,
    who: CameIn,
    now: Now,
    said_too: Sequence[InBoth] = (),
    status: int = 200,
) -> Response:
    registration = await look(who.address, now=now)
    found = not_being_written(request, registration)
    if found is not None:
        return found
    if registration.draft is None:
        return RedirectResponse(with_language(request, STEPS), status_code=303)
    reviewed = await review(registration, now=now)
    whole = [each.problem.sentence for each in reviewed.of(None)]
    return page(
        "register/review.html",
        request,
        page_language(request),
        status=status,
        path=REVIEW,
        seen=seen_text(registration.seen),
        blocks=written(reviewed),
        corrects=registration.corrects is not None,
        # Each once, where a press was refused for what the review says as well.
        whole=list(dict.fromkeys([*said_too, *whole])),
        can_send=not reviewed.problems,
    )
