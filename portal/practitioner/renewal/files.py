"""The file of one document that a renewal asks for: on a page of its own, with nothing to lose."""

from collections.abc import Sequence

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from starlette.requests import ClientDisconnect

from desk.accounts.signed_in import SignedIn
from desk.documents.adding import add
from desk.documents.faults import UploadRefused
from desk.documents.standing import standing_of_new
from desk.drafts.documents import takes_a_file
from desk.drafts.holding import kinds_held, replaced_by_a_new_file
from desk.drafts.keeping import PartUnknown, RequestIsOpen
from desk.drafts.renewal import Renewal, attach_file, look
from desk.policy import current_policy
from models.constraints import AlreadyTaken
from portal.documents.bodies import body_of
from portal.documents.forms import FormRefused, SentForm
from portal.documents.rooms import UploadRooms
from portal.practitioner.renewal.rows import before_of, notes_of, title_of
from portal.practitioner.renewal.start import TASKS, not_being_written
from portal.practitioner.update.editing import to_request
from portal.practitioner.update.start import READ, REFUSED, UNREADABLE, owner_of
from portal.web.clock import Now
from portal.web.csrf import FIELD, is_ours
from portal.web.languages import page_language, with_language
from portal.web.pages import page
from portal.web.sentences import said
from portal.web.who import Who
from rules.documents.states import WITHOUT_CONTENT
from rules.findings.both_languages import InBoth
from rules.requests.drafted_documents import FILE
from rules.values.document_kind import DocumentKind
from rules.values.sizes import Size

router = APIRouter()

#: Where a file is sent: whoever builds the application leaves the body to this page.
FILES = "/renewal/file/"
_FIELDS = frozenset({FIELD})


@router.api_route("/renewal/file/{part}", methods=READ)
async def ask_for_file(part: str, request: Request, who: Who, now: Now) -> Response:
    """The form."""
    renewal = await look(owner_of(who), now=now)
    found = not_being_written(request, renewal)
    return found or await _form(request, who, now, renewal, part)


@router.post("/renewal/file/{part}")
async def take_file(part: str, request: Request, who: Who, now: Now) -> Response:
    """Take the file in place of one sent before; refused, it says why, and nothing is kept.

    A file that was received when this process dies before the renewal names it ends by itself.
    """
    owner = owner_of(who)
    renewal = await look(owner, now=now)
    found = not_being_written(request, renewal)
    if found is not None:
        return found
    _kind(renewal, part)
    rooms: UploadRooms = request.app.state.rooms
    try:
        with rooms.taken(owner):
            mistakes = await _take(request, renewal, part, now)
    except FormRefused as refused:
        sentence = said(f"documents.{refused.code}")
        return await _form(request, who, now, renewal, part, [sentence], refused.status)
    except (UploadRefused, AlreadyTaken) as refused:
        sentences = [each.sentence for each in refused.problems]
        return await _form(request, who, now, renewal, part, sentences, UNREADABLE)
    except RequestIsOpen as refused:
        return to_request(request, refused.tracking_code)
    except _NotOurs:
        return await _form(request, who, now, renewal, part, [said("form.again")], REFUSED)
    except ClientDisconnect:
        return Response()  # nobody is there to read it
    if mistakes:
        return await _form(request, who, now, renewal, part, mistakes, UNREADABLE)
    return RedirectResponse(with_language(request, TASKS), status_code=303)


class _NotOurs(Exception):
    """No page of ours sent the form."""


async def _take(request: Request, renewal: Renewal, part: str, now: Now) -> Sequence[InBoth]:
    """Why the file cannot be used; nothing where the renewal names it now."""
    owner = renewal.registration_number
    form = SentForm(request.headers.get("content-type", ""), body_of(request), also=_FIELDS)
    fields = await form.fields()
    if not is_ours(request, fields.get(FIELD, "")):
        raise _NotOurs
    before = await replaced_by_a_new_file(renewal, part, now=now)
    kept = await add(form.file(), kind=_kind(renewal, part), owner=owner, replaces=before, now=now)
    standing = standing_of_new(kept, now=now)
    if standing.state in WITHOUT_CONTENT:
        return [each.sentence for each in standing.problems]
    await attach_file(owner, part, kept.id, now=now)
    return ()


def _kind(renewal: Renewal, part: str) -> DocumentKind:
    """What the document is, where policy takes its file; else raises `PartUnknown`."""
    kind = renewal.kind_of(part)
    if not takes_a_file(kind):
        raise PartUnknown
    return kind


async def _form(
    request: Request,
    who: SignedIn,
    now: Now,
    renewal: Renewal,
    part: str,
    mistakes: Sequence[InBoth] = (),
    status: int = 200,
) -> Response:
    kind = _kind(renewal, part)
    return page(
        "renewal/file.html",
        request,
        page_language(request, who.language),
        status=status,
        path=f"{FILES}{part}",
        name=title_of(part),
        part=part,
        file=renewal.content.get(part, {}).get(FILE),
        is_held=bool(await kinds_held(owner_of(who), [kind], besides=renewal, now=now)),
        notes=notes_of(renewal, part).get("", ()),
        before=before_of(renewal, part),
        types=current_policy().documents.media_types,
        limit=Size(current_policy().limits.document_bytes),
        mistakes=mistakes,
    )
