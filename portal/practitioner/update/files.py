"""The file of a document: a page with nothing else to lose; one file, one POST, never in memory."""

from collections.abc import Sequence
from functools import partial

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from starlette.requests import ClientDisconnect

from desk.accounts.signed_in import SignedIn
from desk.documents.adding import add
from desk.documents.faults import UploadRefused
from desk.drafts.holding import kinds_held
from desk.drafts.keeping import PartUnknown, RequestIsOpen
from desk.drafts.update import Written, look, save
from desk.policy import current_policy
from models.drafts import DraftMoved
from portal.documents.answers import said as said_of
from portal.documents.forms import FormRefused
from portal.documents.rooms import UploadRooms
from portal.practitioner.taking_files import NotFromUs, received
from portal.practitioner.update.editing import to_request
from portal.practitioner.update.rows import (
    FILES,
    entry_before,
    kind_of,
    may_change,
    title_of,
    wants_file,
)
from portal.practitioner.update.start import DETAILS, READ, REFUSED, UNREADABLE, owner_of
from portal.web.clock import Now
from portal.web.languages import page_language, with_language
from portal.web.pages import page
from portal.web.sentences import said
from portal.web.who import Who
from rules.findings.both_languages import InBoth
from rules.requests.documents import STATED
from rules.values.document_kind import DocumentKind
from rules.values.sizes import Size

router = APIRouter()

_MOVED = 409


@router.api_route(f"{FILES}{{part}}", methods=READ)
async def ask_for_file(part: str, request: Request, who: Who, now: Now) -> Response:
    """The form with one file."""
    written = await look(owner_of(who), now=now)
    _kind(written, part)
    return await _file(request, who, now, written, part)


@router.post(f"{FILES}{{part}}")
async def take_file(part: str, request: Request, who: Who, now: Now) -> Response:
    """Take the file as it comes, and name it in the draft.

    Refused, or broken off, nothing of it is kept and the page says why. A file that arrived for a
    document which was changed meanwhile is named by nobody and ends by policy.
    """
    owner = owner_of(who)
    written = await look(owner, now=now)
    kind = _kind(written, part)
    rooms: UploadRooms = request.app.state.rooms
    try:
        with rooms.taken(owner):
            keep = partial(add, kind=kind, owner=owner, now=now)
            upload_id = (await received(request, keep, now=now)).id
        boxes = {name: text for name, text in written.boxes_of(part).items() if name not in STATED}
        await save(owner, part, boxes | {"id": upload_id}, seen=written.seen, now=now)
    except NotFromUs:
        return await _file(request, who, now, written, part, [said("form.again")], REFUSED)
    except FormRefused as found:
        mistakes = [said_of(found.code).sentence]
        return await _file(request, who, now, written, part, mistakes, found.status)
    except UploadRefused as found:
        mistakes = [one.sentence for one in found.problems]
        return await _file(request, who, now, written, part, mistakes, UNREADABLE)
    except DraftMoved:
        return await _file(request, who, now, written, part, [said("update.moved_file")], _MOVED)
    except RequestIsOpen as found:
        return to_request(request, found.tracking_code)
    except ClientDisconnect:
        return Response()  # nobody is there to read it
    return RedirectResponse(f"{with_language(request, DETAILS)}#{part}", status_code=303)


def _kind(written: Written, part: str) -> DocumentKind:
    """The kind of this document, of which a file can be sent now."""
    kind = kind_of(written, part)
    if kind is None or not wants_file(kind) or not may_change(written, part):
        raise PartUnknown
    return kind


async def _file(
    request: Request,
    who: SignedIn,
    now: Now,
    written: Written,
    part: str,
    mistakes: Sequence[InBoth] = (),
    status: int = 200,
) -> Response:
    policy, kind = current_policy(), _kind(written, part)
    is_held = await kinds_held(owner_of(who), [kind], besides=written, now=now)
    return page(
        "update/file.html",
        request,
        page_language(request, who.language),
        status=status,
        path=f"{FILES}{part}",
        title=title_of(written, part),
        file=written.content[part].get("id"),
        held_at=f"/update/held/{kind}" if is_held else None,
        before=entry_before(written, part),
        mistakes=mistakes,
        limit=Size(policy.limits.document_bytes),
        types=",".join(policy.documents.media_types),
    )
