"""Using a document again that we hold already, in the place of a new file: in both journeys."""

from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from desk.accounts.signed_in import SignedIn
from desk.drafts import renewal, update
from desk.drafts.documents import takes_a_file
from desk.drafts.holding import (
    HeldDocument,
    NotHeld,
    held_documents,
    use_in_renewal,
    use_in_update,
)
from desk.drafts.keeping import PartUnknown, RequestIsOpen
from portal.forms.sending import texts_of
from portal.practitioner.renewal.rows import words_of
from portal.practitioner.renewal.start import TASKS, not_being_written
from portal.practitioner.update.editing import to_request
from portal.practitioner.update.rows import may_add
from portal.practitioner.update.start import DETAILS, READ, REFUSED, UNREADABLE, owner_of
from portal.web.clock import Now
from portal.web.csrf import FIELD, is_ours
from portal.web.languages import page_language, with_language
from portal.web.pages import page
from portal.web.sentences import said
from portal.web.who import Who
from rules.findings.both_languages import InBoth
from rules.findings.problems import problem
from rules.profile_update.drafted import Entry
from rules.values.document_kind import DocumentKind

router = APIRouter()

_CHOSEN = "document"


@dataclass(frozen=True)
class _Place:
    """Where a document is to be used."""

    kind: DocumentKind
    #: This page, that of a new file, and the one that comes next.
    path: str
    upload_at: str
    back_to: str


@router.api_route("/renewal/held/{part}", methods=READ)
async def offer_for_renewal(part: str, request: Request, who: Who, now: Now) -> Response:
    """What can be used again, with its particulars and its first page."""
    written = await renewal.look(owner_of(who), now=now)
    found = not_being_written(request, written)
    if found is not None:
        return found
    place = _in_renewal(written, part)
    held = await held_documents(owner_of(who), place.kind, besides=written, now=now)
    return _offer(request, who, place, held)


@router.post("/renewal/held/{part}")
async def choose_for_renewal(part: str, request: Request, who: Who, now: Now) -> Response:
    """Use it; what is still to be said of it is asked on its own page."""
    owner = owner_of(who)
    sent = await texts_of(request, (FIELD, _CHOSEN))
    written = await renewal.look(owner, now=now)
    found = not_being_written(request, written)
    if found is not None:
        return found
    place = _in_renewal(written, part)
    mistake = None if is_ours(request, sent[FIELD]) else said("form.again")
    status = REFUSED
    if mistake is None:
        try:
            is_known = await use_in_renewal(owner, part, sent[_CHOSEN], now=now)
        except RequestIsOpen as refused:
            return to_request(request, refused.tracking_code)
        except NotHeld as refused:
            mistake, status = said("held.gone"), refused.page_status
        else:
            to = TASKS if is_known else f"/renewal/document/{part}"
            return RedirectResponse(with_language(request, to), status_code=303)
    held = await held_documents(owner, place.kind, besides=written, now=now)
    return _offer(request, who, place, held, mistake, status)


@router.api_route("/update/held/{kind}", methods=READ)
async def offer_for_update(kind: str, request: Request, who: Who, now: Now) -> Response:
    """The same for the update's documents of this kind."""
    written = await update.look(owner_of(who), now=now)
    place = _in_update(written, kind)
    held = await held_documents(owner_of(who), place.kind, besides=written, now=now)
    return _offer(request, who, place, held)


@router.post("/update/held/{kind}")
async def choose_for_update(kind: str, request: Request, who: Who, now: Now) -> Response:
    """Use it, and go back to the details; what is still to be said of it is asked first."""
    owner = owner_of(who)
    sent = await texts_of(request, (FIELD, _CHOSEN))
    written = await update.look(owner, now=now)
    place = _in_update(written, kind)
    mistake = None if is_ours(request, sent[FIELD]) else said("form.again")
    status = REFUSED
    if mistake is None:
        try:
            part = await use_in_update(owner, place.kind, sent[_CHOSEN], now=now)
        except RequestIsOpen as refused:
            return to_request(request, refused.tracking_code)
        except update.TooManyEntries as refused:
            mistake = problem("too_many", Entry.DOCUMENT.member, limit=refused.limit).sentence
            status = UNREADABLE
        except NotHeld as refused:
            mistake, status = said("held.gone"), refused.page_status
        else:
            typed = (await update.look(owner, now=now)).content.get(part, {})
            if not typed.get("issuer"):
                to = with_language(request, f"/update/edit/{part}")
                return RedirectResponse(to, status_code=303)
            to = f"{with_language(request, DETAILS)}#{part}"
            return RedirectResponse(to, status_code=303)
    held = await held_documents(owner, place.kind, besides=written, now=now)
    return _offer(request, who, place, held, mistake, status)


def _in_renewal(written: renewal.Renewal, part: str) -> _Place:
    """Raises `PartUnknown` for what the renewal asks no file of."""
    kind = written.kind_of(part)
    if not takes_a_file(kind):
        raise PartUnknown
    return _Place(kind, f"/renewal/held/{part}", f"/renewal/file/{part}", TASKS)


def _in_update(written: update.Written, kind: str) -> _Place:
    """Raises `PartUnknown` for what is no kind, or where no document can be added."""
    if kind not in set(DocumentKind) or not may_add(written, Entry.DOCUMENT):
        raise PartUnknown
    add = f"/update/add/document?kind={kind}"
    return _Place(DocumentKind(kind), f"/update/held/{kind}", add, DETAILS)


def _offer(
    request: Request,
    who: SignedIn,
    place: _Place,
    held: Sequence[HeldDocument],
    mistake: InBoth | None = None,
    status: int = 200,
) -> Response:
    return page(
        "held.html",
        request,
        page_language(request, who.language),
        status=status,
        path=place.path,
        place=place,
        name=words_of(place.kind),
        held=held,
        mistake=mistake,
    )
