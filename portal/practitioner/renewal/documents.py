"""The particulars of one document that a renewal asks for."""

from collections.abc import Mapping

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from desk.accounts.signed_in import SignedIn
from desk.drafts.documents import takes_a_file
from desk.drafts.holding import kinds_held
from desk.drafts.keeping import RequestIsOpen
from desk.drafts.renewal import Renewal, look, review, save_document
from models.drafts import DraftMoved
from portal.forms.fields import FilledForm
from portal.forms.sending import texts_of
from portal.practitioner.parts_shown import has_file
from portal.practitioner.renewal.rows import before_of, form_of, notes_of, title_of
from portal.practitioner.renewal.start import TASKS, not_being_written
from portal.practitioner.update.editing import Mistakes, mistakes_of, to_request
from portal.practitioner.update.seen import SEEN, seen_of, seen_text
from portal.practitioner.update.start import READ, REFUSED, UNREADABLE, owner_of
from portal.web.clock import Now
from portal.web.csrf import FIELD, is_ours
from portal.web.languages import page_language, with_language
from portal.web.pages import page
from portal.web.sentences import said
from portal.web.who import Who
from rules.requests.drafted_documents import FILE

router = APIRouter()

_MOVED = 409


@router.api_route("/renewal/document/{part}", methods=READ)
async def ask(part: str, request: Request, who: Who, now: Now) -> Response:
    """The form, with what was typed."""
    renewal = await look(owner_of(who), now=now)
    found = not_being_written(request, renewal)
    if found is not None:
        return found
    renewal.kind_of(part)
    return await _form(request, who, now, renewal, part, renewal.content.get(part, {}))


@router.post("/renewal/document/{part}")
async def keep(part: str, request: Request, who: Who, now: Now) -> Response:
    """Keep what was typed, right or wrong, and say what is wrong; else on to the file."""
    owner = owner_of(who)
    renewal = await look(owner, now=now)
    found = not_being_written(request, renewal)
    if found is not None:
        return found
    boxes = form_of(renewal.kind_of(part)).boxes
    sent = await texts_of(request, (FIELD, SEEN, "switch", *boxes))
    typed = {box: sent[box] for box in boxes}
    if sent["switch"]:
        return await _form(request, who, now, renewal, part, typed, seen=sent[SEEN])
    if not is_ours(request, sent[FIELD]):
        again = {"": (said("form.again"),)}
        return await _form(request, who, now, renewal, part, typed, again, sent[SEEN], REFUSED)
    try:
        await save_document(owner, part, typed, seen=seen_of(sent[SEEN]), now=now)
    except DraftMoved:
        moved = {"": (said("update.moved"),)}
        renewal = await look(owner, now=now)
        return await _form(request, who, now, renewal, part, typed, moved, status=_MOVED)
    except RequestIsOpen as refused:
        return to_request(request, refused.tracking_code)
    return await _judged(request, who, owner, part, now)


async def _judged(request: Request, who: SignedIn, owner: str, part: str, now: Now) -> Response:
    renewal = await look(owner, now=now)
    # What is wrong with the file is said on the file's own page, and in the list of tasks.
    wrong = [each for each in (await review(renewal, now=now)).of(part) if each.box != FILE]
    if wrong:
        typed = renewal.content.get(part, {})
        return await _form(
            request, who, now, renewal, part, typed, mistakes_of(wrong), status=UNREADABLE
        )
    wants_file = takes_a_file(renewal.kind_of(part)) and not has_file(renewal, part)
    to = f"/renewal/file/{part}" if wants_file else TASKS
    return RedirectResponse(with_language(request, to), status_code=303)


async def _form(
    request: Request,
    who: SignedIn,
    now: Now,
    renewal: Renewal,
    part: str,
    typed: Mapping[str, str],
    mistakes: Mistakes | None = None,
    seen: str | None = None,
    status: int = 200,
) -> Response:
    kind = renewal.kind_of(part)
    notes = notes_of(renewal, part)
    return page(
        "renewal/document.html",
        request,
        page_language(request, who.language),
        status=status,
        path=f"/renewal/document/{part}",
        name=title_of(part),
        lead="" if has_file(renewal, part) else ".file" if takes_a_file(kind) else ".no_file",
        filled=FilledForm(form_of(kind), typed, mistakes or {}, notes),
        notes=notes.get("", ()),
        before=before_of(renewal, part),
        part=part,
        is_held=bool(await kinds_held(owner_of(who), [kind], besides=renewal, now=now)),
        seen=seen_text(renewal.seen) if seen is None else seen,
    )
