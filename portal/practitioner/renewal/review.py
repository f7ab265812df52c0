"""A renewal as it will be sent, the declaration, and Next."""

from collections.abc import Sequence
from functools import partial

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from desk.accounts.signed_in import SignedIn
from desk.drafts.renewal import look, review, send
from portal.forms.sending import texts_of
from portal.practitioner.pressing_next import answer_to_next
from portal.practitioner.renewal.rows import needs, stated, tasks
from portal.practitioner.renewal.start import START, not_being_written
from portal.practitioner.update.seen import SEEN, seen_of, seen_text
from portal.practitioner.update.start import READ, REFUSED, owner_of
from portal.web.clock import Now
from portal.web.csrf import FIELD, is_ours
from portal.web.languages import page_language, with_language
from portal.web.pages import page
from portal.web.sentences import said
from portal.web.who import Who
from rules.findings.both_languages import InBoth

router = APIRouter()

REVIEW = "/renewal/review"
_TICKED = "yes"


@router.api_route(REVIEW, methods=READ)
async def show_review(request: Request, who: Who, now: Now) -> Response:
    """All of it, each with Change, and everything that is to be put right."""
    return await _review(request, who, now)


@router.post(REVIEW)
async def press_next(request: Request, who: Who, now: Now) -> Response:
    """Send it, once; pressed again, or in another window, it leads to the same request."""
    sent = await texts_of(request, (FIELD, SEEN, "sure"))
    if not is_ours(request, sent[FIELD]):
        return await _review(request, who, now, [said("form.again")], REFUSED)
    seen = seen_of(sent[SEEN])
    if seen.draft_id is None:
        return RedirectResponse(with_language(request, START), status_code=303)
    return await answer_to_next(
        request,
        partial(
            send,
            owner_of(who),
            draft_id=seen.draft_id,
            version=seen.version,
            confirmed=sent["sure"] == _TICKED,
            now=now,
        ),
        partial(_review, request, who, now),
        start=START,
        sent="/requests/{code}/sent",
    )


async def _review(
    request: Request,
    who: SignedIn,
    now: Now,
    said_too: Sequence[InBoth] = (),
    status: int = 200,
) -> Response:
    renewal = await look(owner_of(who), now=now)
    found = not_being_written(request, renewal)
    if found is not None:
        return found
    reviewed = await review(renewal, now=now)
    whole = [each.problem.sentence for each in reviewed.of(None)]
    lines = needs(renewal.card.lines) if renewal.card else []
    return page(
        "renewal/review.html",
        request,
        page_language(request, who.language),
        status=status,
        path=REVIEW,
        seen=seen_text(renewal.seen),
        blocks=stated(reviewed),
        files={task.part: task.has_file for task in tasks(reviewed)},
        corrects=renewal.corrects is not None,
        costs=[need for need in lines if need.block == "costs"],
        # Each once, where a press was refused for what the review says as well.
        whole=list(dict.fromkeys([*said_too, *whole])),
        can_send=not reviewed.problems,
    )
