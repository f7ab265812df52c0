"""Review data, the declaration, Next, and the page that says what happens now."""

from collections.abc import Sequence
from functools import partial

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from desk.accounts.signed_in import SignedIn
from desk.cases.own import own_request
from desk.clock import deadline_in_working_days, last_day
from desk.drafts.reviewing import Reviewed, review
from desk.drafts.sending import send
from desk.drafts.update import look
from desk.policy import current_policy
from models.requests import RequestUnknown
from portal.forms.sending import texts_of
from portal.practitioner.pressing_next import answer_to_next
from portal.practitioner.update.editing import to_request
from portal.practitioner.update.rows import listed, sections, whole
from portal.practitioner.update.seen import SEEN, seen_of, seen_text
from portal.practitioner.update.start import DETAILS, READ, REFUSED, needed_of, owner_of
from portal.web.clock import Now
from portal.web.csrf import FIELD, is_ours
from portal.web.languages import page_language, with_language
from portal.web.pages import error_page, page
from portal.web.proving import ProofNeeded, is_proved
from portal.web.sentences import said
from portal.web.standing import shown_standing
from portal.web.who import HOME, Who
from rules.findings.both_languages import InBoth
from rules.profile_update.drafted import Entry, Section
from rules.register.fields import Field
from rules.requests.statuses import Status
from rules.values.tracking_code import NotATrackingCode, parse_tracking_code

router = APIRouter()

REVIEW = "/update/review"
_TICKED = "yes"
#: By what a person is reached: an open browser alone must not change it (ASVS 7.5.1).
_HOW_REACHED = {Field.EMAIL, Field.MOBILE}


@router.api_route(REVIEW, methods=READ)
async def show_review(request: Request, who: Who, now: Now) -> Response:
    """On file, and new, each with its page; everything that is to be put right, at once."""
    written = await look(owner_of(who), now=now)
    if written.open_request is not None and written.corrects is None:
        return to_request(request, written.open_request.tracking_code)
    return _review(request, who, await review(written, now=now))


@router.post(REVIEW)
async def press_next(request: Request, who: Who, now: Now) -> Response:
    """Send it, once; pressed again, or in another window, it leads to the same request."""
    owner = owner_of(who)
    sent = await texts_of(request, (FIELD, SEEN, "sure"))
    if not is_ours(request, sent[FIELD]):
        return await _again(request, who, now, (said("form.again"),), REFUSED)
    seen = seen_of(sent[SEEN])
    if seen.draft_id is None:
        return RedirectResponse(with_language(request, DETAILS), status_code=303)
    if not is_proved(who, now=now) and _HOW_REACHED & set(
        (await look(owner, now=now)).content.get(Section.CONTACT, {})
    ):
        raise ProofNeeded(REVIEW)
    return await answer_to_next(
        request,
        partial(
            send,
            owner,
            draft_id=seen.draft_id,
            version=seen.version,
            confirmed=sent["sure"] == _TICKED,
            now=now,
        ),
        partial(_again, request, who, now),
        start=DETAILS,
        sent="/requests/{code}/sent",
    )


@router.api_route("/requests/{code}/sent", methods=READ)
async def show_sent(code: str, request: Request, who: Who, now: Now) -> Response:
    """The number of this request, where it stands, and what happens by when: to keep or print."""
    try:
        own = await own_request(who.practitioner_id, parse_tracking_code(code))
    except (NotATrackingCode, RequestUnknown):
        return error_page(request, 404)
    found = own.tracked.request
    promised = None
    if found.status == Status.SUBMITTED:
        policy = current_policy()
        due = deadline_in_working_days(
            found.submitted_at, policy.review.due_working_days, policy.working_days
        )
        promised = last_day(due)
    return page(
        "update/sent.html",
        request,
        page_language(request, who.language),
        path=f"/requests/{found.tracking_code}/sent",
        is_undelivered=own.tracked.is_undelivered,
        promised=promised,
        submitted_at=found.submitted_at,
        finish=HOME,
        **shown_standing(found, now=now),
    )


async def _again(
    request: Request, who: SignedIn, now: Now, said_too: Sequence[InBoth], status: int
) -> Response:
    reviewed = await review(await look(owner_of(who), now=now), now=now)
    return _review(request, who, reviewed, said_too, status)


def _review(
    request: Request,
    who: SignedIn,
    reviewed: Reviewed,
    said_too: Sequence[InBoth] = (),
    status: int = 200,
) -> Response:
    written = reviewed.written
    blocks = sections(written, reviewed)
    entries = [(entry, listed(written, entry, reviewed)) for entry in Entry]
    shown = [*blocks, *(block for _, found in entries for block in found)]
    return page(
        "update/review.html",
        request,
        page_language(request, who.language),
        status=status,
        path=REVIEW,
        seen=seen_text(written.seen),
        changed=[block for block in blocks if block.is_changed],
        unchanged=[block for block in blocks if not block.is_changed],
        entries=entries,
        needed=needed_of(written, reviewed),
        # Each once, where a press was refused for what the review says as well.
        whole=list(dict.fromkeys([*said_too, *whole(reviewed)])),
        wrong=[
            (block, row, mistake)
            for block in shown
            for row in block.rows
            for mistake in row.mistakes
        ]
        + [(block, None, mistake) for block in shown for mistake in block.mistakes],
        can_send=not reviewed.problems,
        corrects=written.corrects is not None,
    )
