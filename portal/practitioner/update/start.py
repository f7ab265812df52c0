"""Update member data: search by one's own number, and look at what is on file."""

from datetime import datetime
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from desk.accounts.counting import TooManyTries, count_other_number
from desk.accounts.signed_in import SignedIn
from desk.drafts.holding import kinds_held
from desk.drafts.keeping import PartUnknown
from desk.drafts.reviewing import Reviewed, review
from desk.drafts.update import Written, discard, look
from desk.policy import as_on_card, current_policy
from portal.forms.sending import texts_of
from portal.practitioner.update.forms import document_kinds
from portal.practitioner.update.rows import listed, may_add, sections
from portal.web.clock import Now
from portal.web.csrf import FIELD, is_ours
from portal.web.languages import page_language, with_language
from portal.web.pages import page
from portal.web.sentences import said
from portal.web.waits import retry_after
from portal.web.who import Who
from rules.findings.both_languages import InBoth
from rules.findings.problems import ValueRefused
from rules.profile_update.drafted import Entry
from rules.values.document_kind import DocumentKind
from rules.values.registration_number import clean_registration_number

router = APIRouter()

START, DETAILS = "/update", "/update/details"
#: Where the e-mail address is typed.
CONTACT = "/update/edit/contact"
READ = ["GET", "HEAD"]
UNREADABLE = 422
REFUSED = 403
_NUMBER = "registration_number"


@router.api_route(START, methods=READ)
async def ask_for_number(request: Request, who: Who) -> Response:
    """The form: the registration number, as it stands on the card."""
    return _search(request, who)


@router.post(START)
async def search(request: Request, who: Who, now: Now) -> Response:
    """To the details, where the number is one's own; any other is not found on this account.

    Searches for others are counted: beyond policy's number the page says until when to wait. One's
    own number is found all the same.
    """
    sent = await texts_of(request, (FIELD, _NUMBER, "switch"))
    typed = sent[_NUMBER]
    if sent["switch"]:
        return _search(request, who, typed=typed)
    if not is_ours(request, sent[FIELD]):
        return _search(request, who, typed=typed, mistake=said("form.again"), status=REFUSED)
    pattern = current_policy().registration_number.pattern
    try:
        number = clean_registration_number(typed, pattern=pattern)
    except ValueRefused as refused:
        mistake = refused.about(_NUMBER).sentence
        return _search(request, who, typed=typed, mistake=mistake, status=UNREADABLE)
    if number != who.registration_number:
        # Nothing is looked up: whether anybody has this number is not to be read from a clock.
        try:
            await count_other_number(who.account_id, now=now)
        except TooManyTries as refusal:
            return _search(
                request,
                who,
                typed=typed,
                again=refusal.again_at,
                status=refusal.page_status,
                headers=retry_after(refusal.again_at, now),
            )
        mistake = said("update.not_yours")
        return _search(request, who, typed=typed, mistake=mistake, status=UNREADABLE)
    return RedirectResponse(with_language(request, DETAILS), status_code=303)


@router.api_route(DETAILS, methods=READ)
async def show_details(request: Request, who: Who, now: Now) -> Response:
    """What is on file, what of it was changed and not sent yet, and where each can be changed."""
    written = await look(owner_of(who), now=now)
    reviewed = await review(written, now=now) if written.draft else None
    needed = needed_of(written, reviewed)
    kinds = [DocumentKind(kind) for kind, _ in needed]
    return page(
        "update/details.html",
        request,
        page_language(request, who.language),
        written=written,
        number=as_on_card(written.on_file.registration_number),
        sections=sections(
            written, address_is_confirmed=reviewed.address_is_confirmed if reviewed else None
        ),
        entries=[(entry, listed(written, entry), may_add(written, entry)) for entry in Entry],
        needed=needed,
        held=await kinds_held(owner_of(who), kinds, besides=written, now=now),
    )


@router.api_route("/update/discard", methods=READ)
async def ask_to_discard(request: Request, who: Who) -> Response:
    """Asks once."""
    return page("update/discard.html", request, page_language(request, who.language), again=False)


@router.post("/update/discard")
async def discard_all(request: Request, who: Who) -> Response:
    """Destroy what was typed; pressed again, it is the same."""
    sent = await texts_of(request, (FIELD,))
    if not is_ours(request, sent[FIELD]):
        language = page_language(request, who.language)
        return page("update/discard.html", request, language, status=REFUSED, again=True)
    await discard(owner_of(who))
    return RedirectResponse(with_language(request, DETAILS), status_code=303)


def owner_of(who: SignedIn) -> str:
    """The registration number of whoever is signed in; an officer has no such pages."""
    if who.registration_number is None:
        raise PartUnknown
    return who.registration_number


def needed_of(written: Written, reviewed: Reviewed | None) -> list[tuple[str, InBoth]]:
    """The kinds of document that policy asks for and that were not added yet."""
    given = {block.get("kind") for block in written.content.values()}
    words = {option.value: option.words for option in document_kinds()}
    needed = reviewed.needed if reviewed else ()
    return [(kind.value, words[kind]) for kind in needed if kind not in given]


def _search(
    request: Request,
    who: SignedIn,
    *,
    typed: str = "",
    mistake: InBoth | None = None,
    again: datetime | None = None,
    **response: Any,
) -> Response:
    return page(
        "update/search.html",
        request,
        page_language(request, who.language),
        typed=typed,
        mistake=mistake,
        again=again,
        **response,
    )
