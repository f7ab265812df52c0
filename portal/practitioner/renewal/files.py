"""The file of one document that a renewal asks for: on a page of its own, with nothing to lose."""

from collections.abc import Sequence
from functools import partial

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from desk.accounts.signed_in import SignedIn
from desk.documents.adding import add
from desk.drafts.documents import takes_a_file
from desk.drafts.holding import kinds_held, replaced_by_a_new_file
from desk.drafts.keeping import PartUnknown, RequestIsOpen
from desk.drafts.renewal import Renewal, attach_file, look
from desk.policy import current_policy
from portal.practitioner.renewal.rows import before_of, notes_of, title_of
from portal.practitioner.renewal.start import TASKS, not_being_written
from portal.practitioner.taking_files import received, refusal_of
from portal.practitioner.update.editing import to_request
from portal.practitioner.update.start import READ, owner_of
from portal.web.clock import Now
from portal.web.languages import page_language, with_language
from portal.web.pages import page
from portal.web.who import Who
from rules.findings.both_languages import InBoth
from rules.requests.drafted_documents import FILE
from rules.values.document_kind import DocumentKind
from rules.values.sizes import Size

router = APIRouter()

#: Where a file is sent: whoever builds the application leaves the body to this page.
FILES = "/renewal/file/"


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
    try:
        refused = await refusal_of(
            request,
            owner,
            partial(_take, request, renewal, part, now),
            partial(_form, request, who, now, renewal, part),
        )
    except RequestIsOpen as is_open:
        return to_request(request, is_open.tracking_code)
    return refused or RedirectResponse(with_language(request, TASKS), status_code=303)


async def _take(request: Request, renewal: Renewal, part: str, now: Now) -> None:
    """Keep the file, and name it in the draft."""
    owner, kind = renewal.registration_number, _kind(renewal, part)
    before = await replaced_by_a_new_file(renewal, part, now=now)
    keep = partial(add, kind=kind, owner=owner, replaces=before, now=now)
    kept = await received(request, keep, now=now)
    await attach_file(owner, part, kept.id, now=now)


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
