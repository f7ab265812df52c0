"""The steps of a registration, and the page on which each part of it is written."""

from collections.abc import Mapping

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from desk.accounts.newcomers import CameIn
from desk.cases.own import own_registrations
from desk.clock import last_day
from desk.drafts.correcting import note_of
from desk.drafts.keeping import PartUnknown, RequestIsOpen
from desk.drafts.registration import Registration, discard, look, remove_part, save_part
from desk.drafts.registration_sending import ReviewedRegistration, review
from desk.policy import current_policy
from models.drafts import DraftMoved
from portal.forms.fields import FilledForm
from portal.forms.sending import texts_of
from portal.practitioner.parts_shown import has_file
from portal.practitioner.registration.forms import form_of
from portal.practitioner.registration.rows import (
    before_of,
    certificates,
    documents,
    notes_of,
    others,
    sections,
    title_of,
    wants_file,
)
from portal.practitioner.registration.who import (
    MOVED,
    READ,
    REFUSED,
    STEPS,
    UNREADABLE,
    Registering,
)
from portal.practitioner.update.editing import Mistakes, mistakes_of
from portal.practitioner.update.seen import SEEN, seen_of, seen_text
from portal.web.clock import Now
from portal.web.csrf import FIELD, is_ours
from portal.web.languages import page_language, with_language
from portal.web.pages import page
from portal.web.sentences import said
from rules.requests.drafted_documents import FILE

router = APIRouter()

EDIT = "/register/edit/"
FILES = "/register/file/"
DISCARD = "/register/discard"
_OWN = "/register/requests/"


@router.api_route(STEPS, methods=READ)
async def show_steps(request: Request, who: Registering, now: Now) -> Response:
    """What is to be written before it can be sent; a request that was sent has its own page."""
    registration = await look(who.address, now=now)
    return not_being_written(request, registration) or await _steps(
        request, await review(registration, now=now)
    )


@router.api_route(f"{EDIT}{{part}}", methods=READ)
async def edit(part: str, request: Request, who: Registering, now: Now) -> Response:
    """The form of this part, with what was typed."""
    registration = await look(who.address, now=now)
    found = not_being_written(request, registration)
    if found is not None:
        return found
    check_part(registration, part)
    return _form(request, registration, part, registration.content.get(part, {}))


@router.post(f"{EDIT}{{part}}")
async def keep(part: str, request: Request, who: Registering, now: Now) -> Response:
    """Keep what was typed, right or wrong, and say what is wrong; else on to the next thing."""
    registration = await look(who.address, now=now)
    found = not_being_written(request, registration)
    if found is not None:
        return found
    check_part(registration, part)
    boxes = form_of(part).boxes
    sent = await texts_of(request, (FIELD, SEEN, "switch", *boxes))
    typed = {box: sent[box] for box in boxes}
    if sent["switch"]:
        return _form(request, registration, part, typed, seen=sent[SEEN])
    if not is_ours(request, sent[FIELD]):
        again = {"": (said("form.again"),)}
        return _form(request, registration, part, typed, again, sent[SEEN], REFUSED)
    try:
        await save_part(who.address, part, typed, seen=seen_of(sent[SEEN]), now=now)
    except DraftMoved:
        # What is saved now is what the next press is compared with: it then says so knowingly.
        moved = {"": (said("update.moved"),)}
        registration = await look(who.address, now=now)
        return _form(request, registration, part, typed, moved, status=MOVED)
    except RequestIsOpen as refused:
        return to_own(request, refused.tracking_code)
    return await _judged(request, who, part, now)


@router.post("/register/remove/{part}")
async def remove(part: str, request: Request, who: Registering, now: Now) -> Response:
    """Take a certificate or a document out; pressed again, it is the same."""
    sent = await texts_of(request, (FIELD,))
    registration = await look(who.address, now=now)
    found = not_being_written(request, registration)
    if found is not None:
        return found
    if not is_ours(request, sent[FIELD]):
        return await _steps(request, await review(registration, now=now), status=REFUSED)
    try:
        await remove_part(who.address, part, now=now)
    except RequestIsOpen as refused:
        return to_own(request, refused.tracking_code)
    return RedirectResponse(with_language(request, STEPS), status_code=303)


@router.api_route(DISCARD, methods=READ)
async def ask_to_discard(request: Request, who: Registering, now: Now) -> Response:
    """Asks once."""
    registration = await look(who.address, now=now)
    return not_being_written(request, registration) or _discard(request, registration)


@router.post(DISCARD)
async def discard_all(request: Request, who: Registering, now: Now) -> Response:
    """Destroy what was typed; pressed again, it is the same."""
    sent = await texts_of(request, (FIELD,))
    registration = await look(who.address, now=now)
    if not is_ours(request, sent[FIELD]):
        found = not_being_written(request, registration)
        return found or _discard(request, registration, status=REFUSED)
    await discard(who.address)
    return RedirectResponse(with_language(request, STEPS), status_code=303)


def to_own(request: Request, tracking_code: str) -> Response:
    """To the page of the newcomer's own request."""
    return RedirectResponse(with_language(request, f"{_OWN}{tracking_code}"), status_code=303)


def not_being_written(request: Request, registration: Registration) -> Response | None:
    """Where somebody is led whose registration was sent, or is to be corrected; else None."""
    sent = registration.open_request
    if sent is None or registration.corrects is not None:
        return None
    return to_own(request, sent.tracking_code)


def check_part(registration: Registration, part: str) -> None:
    """Raise `PartUnknown` for what is no part, or cannot be written now."""
    if not registration.knows(part) or not registration.may_change(part):
        raise PartUnknown


async def _judged(request: Request, who: CameIn, part: str, now: Now) -> Response:
    registration = await look(who.address, now=now)
    # What is wrong with the file is said on the file's own page, and in the list of steps.
    wrong = [each for each in (await review(registration, now=now)).of(part) if each.box != FILE]
    if wrong:
        typed = registration.content.get(part, {})
        return _form(request, registration, part, typed, mistakes_of(wrong), status=UNREADABLE)
    is_next = wants_file(part) and not has_file(registration, part)
    to = f"{FILES}{part}" if is_next else STEPS
    return RedirectResponse(with_language(request, to), status_code=303)


async def _steps(
    request: Request, reviewed: ReviewedRegistration, *, status: int = 200
) -> Response:
    registration, corrects = reviewed.registration, reviewed.registration.corrects
    listed = [sections(reviewed), documents(reviewed), certificates(reviewed)]
    return page(
        "register/steps.html",
        request,
        page_language(request),
        status=status,
        path=STEPS,
        again=status == REFUSED,
        registration=registration,
        note=await note_of(corrects.tracking_code) if corrects else None,
        due_on=last_day(corrects.closes_at) if corrects and corrects.closes_at else None,
        sections=listed[0],
        documents=listed[1],
        certificates=listed[2],
        others=others(reviewed),
        whole=[each.problem.sentence for each in reviewed.of(None)] if registration.draft else [],
        earlier=await own_registrations(registration.address),
        kept_days=current_policy().drafts.kept_days,
        may_review=all(step.is_done for steps in listed for step in steps),
    )


def _form(
    request: Request,
    registration: Registration,
    part: str,
    typed: Mapping[str, str],
    mistakes: Mistakes | None = None,
    seen: str | None = None,
    status: int = 200,
) -> Response:
    notes = notes_of(registration, part)
    return page(
        "register/edit.html",
        request,
        page_language(request),
        status=status,
        path=f"{EDIT}{part}",
        name=title_of(part),
        part=part,
        takes_file=wants_file(part),
        address=registration.address,
        filled=FilledForm(form_of(part), typed, mistakes or {}, notes),
        notes=notes.get("", ()),
        before=before_of(registration, part),
        seen=seen_text(registration.seen) if seen is None else seen,
    )


def _discard(request: Request, registration: Registration, *, status: int = 200) -> Response:
    return page(
        "register/discard.html",
        request,
        page_language(request),
        status=status,
        path=DISCARD,
        corrects=registration.corrects is not None,
        again=status == REFUSED,
    )
