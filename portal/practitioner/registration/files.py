"""The file of one document of a registration: on a page of its own, with nothing to lose."""

from collections.abc import Sequence

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from starlette.requests import ClientDisconnect

from desk.documents.adding import add_for_newcomer
from desk.documents.faults import UploadRefused
from desk.documents.standing import standing_of_new
from desk.drafts.keeping import PartUnknown, RequestIsOpen
from desk.drafts.registration import Registration, attach_file, look
from desk.policy import current_policy
from models.constraints import AlreadyTaken
from portal.documents.bodies import body_of
from portal.documents.forms import FormRefused, SentForm
from portal.documents.rooms import UploadRooms
from portal.documents.uploading import refuse_by_its_head
from portal.practitioner.parts_shown import has_file
from portal.practitioner.registration.rows import (
    before_of,
    notes_of,
    title_of,
    wants_file,
)
from portal.practitioner.registration.who import READ, REFUSED, STEPS, UNREADABLE, Registering
from portal.practitioner.registration.writing import FILES, check_part, not_being_written, to_own
from portal.web.clock import Now
from portal.web.csrf import FIELD, is_ours
from portal.web.languages import page_language, with_language
from portal.web.pages import page
from portal.web.sentences import said
from rules.documents.states import WITHOUT_CONTENT
from rules.findings.both_languages import InBoth
from rules.requests.drafted_documents import kind_of_part
from rules.values.document_kind import DocumentKind
from rules.values.sizes import Size

router = APIRouter()

_FIELDS = frozenset({FIELD})


class _NotOurs(Exception):
    """No page of ours sent the form."""


@router.api_route(f"{FILES}{{part}}", methods=READ)
async def ask_for_file(part: str, request: Request, who: Registering, now: Now) -> Response:
    """The form."""
    registration = await look(who.address, now=now)
    return not_being_written(request, registration) or _form(request, registration, part)


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
    rooms: UploadRooms = request.app.state.rooms
    try:
        with rooms.taken(who.address):
            mistakes = await _take(request, registration, part, now)
    except FormRefused as refused:
        sentence = said(f"documents.{refused.code}")
        return _form(request, registration, part, [sentence], refused.status)
    except (UploadRefused, AlreadyTaken) as refused:
        sentences = [each.sentence for each in refused.problems]
        return _form(request, registration, part, sentences, UNREADABLE)
    except RequestIsOpen as refused:
        return to_own(request, refused.tracking_code)
    except _NotOurs:
        return _form(request, registration, part, [said("form.again")], REFUSED)
    except ClientDisconnect:
        return Response()  # nobody is there to read it
    if mistakes:
        return _form(request, registration, part, mistakes, UNREADABLE)
    return RedirectResponse(with_language(request, STEPS), status_code=303)


async def _take(
    request: Request, registration: Registration, part: str, now: Now
) -> Sequence[InBoth]:
    """Why the file cannot be used; nothing where the draft names it now."""
    refuse_by_its_head(request)
    form = SentForm(request.headers.get("content-type", ""), body_of(request), also=_FIELDS)
    fields = await form.fields()
    if not is_ours(request, fields.get(FIELD, "")):
        raise _NotOurs
    owner, kind = registration.address, _kind(registration, part)
    kept = await add_for_newcomer(form.file(), kind=kind, mailbox=owner, now=now)
    standing = standing_of_new(kept, now=now)
    if standing.state in WITHOUT_CONTENT:
        return [each.sentence for each in standing.problems]
    await attach_file(owner, part, kept.id, now=now)
    return ()


def _kind(registration: Registration, part: str) -> DocumentKind:
    """What the document is, where policy takes its file; else raises `PartUnknown`."""
    check_part(registration, part)
    kind = kind_of_part(part)
    if kind is None or not wants_file(part):
        raise PartUnknown
    return kind


def _form(
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
