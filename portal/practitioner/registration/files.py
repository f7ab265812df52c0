"""The file of one document of a registration: on a page of its own, with nothing to lose."""

from collections.abc import Sequence
from functools import partial

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from desk.documents.adding import add_for_newcomer
from desk.drafts.keeping import PartUnknown, RequestIsOpen
from desk.drafts.registration import Registration, attach_file, look
from desk.policy import current_policy
from portal.practitioner.parts_shown import has_file
from portal.practitioner.registration.rows import (
    before_of,
    notes_of,
    title_of,
    wants_file,
)
from portal.practitioner.registration.who import READ, STEPS, Registering
from portal.practitioner.registration.writing import FILES, check_part, not_being_written, to_own
from portal.practitioner.taking_files import received, refusal_of
from portal.web.clock import Now
from portal.web.languages import page_language, with_language
from portal.web.pages import page
from rules.findings.both_languages import InBoth
from rules.requests.drafted_documents import kind_of_part
from rules.values.document_kind import DocumentKind
from rules.values.sizes import Size

router = APIRouter()


@router.api_route(f"{FILES}{{part}}", methods=READ)
async def ask_for_file(part: str, request: Request, who: Registering, now: Now) -> Response:
    """The form."""
    registration = await look(who.address, now=now)
    found = not_being_written(request, registration)
    return found or await _form(request, registration, part)


@router.post(f"{FILES}{{part}}")
async def take_file(part: str, request: Request, who: Registering, now: Now) -> Response:
    """Take the file in place of one sent before; refused, it says why, and nothing is kept.

    A file that was received when this process dies before the draft names it ends by itself.
    """
    registration = await look(who.address, now=now)
    found = not_being_written(request, registration)
    if found is not None:
        return found
    _kind(registration, part)
    try:
        refused = await refusal_of(
            request,
            who.address,
            partial(_take, request, registration, part, now),
            partial(_form, request, registration, part),
        )
    except RequestIsOpen as is_open:
        return to_own(request, is_open.tracking_code)
    return refused or RedirectResponse(with_language(request, STEPS), status_code=303)


async def _take(request: Request, registration: Registration, part: str, now: Now) -> None:
    """Keep the file, and name it in the draft."""
    owner, kind = registration.address, _kind(registration, part)
    keep = partial(add_for_newcomer, kind=kind, mailbox=owner, now=now)
    kept = await received(request, keep, now=now)
    await attach_file(owner, part, kept.id, now=now)


def _kind(registration: Registration, part: str) -> DocumentKind:
    """What the document is, where policy takes its file; else raises `PartUnknown`."""
    check_part(registration, part)
    kind = kind_of_part(part)
    if kind is None or not wants_file(part):
        raise PartUnknown
    return kind


async def _form(
    request: Request,
    registration: Registration,
    part: str,
    mistakes: Sequence[InBoth] = (),
    status: int = 200,
) -> Response:
    _kind(registration, part)
    return page(
        "register/file.html",
        request,
        page_language(request),
        status=status,
        path=f"{FILES}{part}",
        name=title_of(part),
        is_there=has_file(registration, part),
        notes=notes_of(registration, part).get("", ()),
        before=before_of(registration, part),
        types=current_policy().documents.media_types,
        limit=Size(current_policy().limits.document_bytes),
        mistakes=mistakes,
    )
