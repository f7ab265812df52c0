"""The pages on which a profile update is typed: one group of fields, or one entry, each."""

from collections.abc import Mapping, Sequence

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from desk.accounts.signed_in import SignedIn
from desk.drafts.keeping import PartUnknown, RequestIsOpen
from desk.drafts.reviewing import Placed, review
from desk.drafts.update import (
    TooManyEntries,
    Written,
    add_entry,
    look,
    remove_entry,
    save,
)
from models.drafts import DraftMoved
from portal.forms.fields import FilledForm
from portal.forms.sending import texts_of
from portal.practitioner.update.address import after_sending
from portal.practitioner.update.forms import form_of
from portal.practitioner.update.marks import marks_of, words_on
from portal.practitioner.update.rows import (
    FILES,
    Block,
    entry_before,
    may_add,
    may_change,
    sections,
)
from portal.practitioner.update.seen import SEEN, seen_of, seen_text
from portal.practitioner.update.start import DETAILS, READ, REFUSED, UNREADABLE, owner_of
from portal.practitioner.update.writer import Writer
from portal.web.clock import Now
from portal.web.csrf import FIELD, is_ours
from portal.web.languages import page_language, with_language
from portal.web.pages import page
from portal.web.sentences import said
from portal.web.who import Who
from rules.findings.both_languages import InBoth
from rules.findings.problems import problem
from rules.profile_update.drafted import Entry, entry_of

router = APIRouter()

_MOVED = 409
#: The code of the problem that a new e-mail address waits for its code.
NOT_CONFIRMED = "email_not_confirmed"
Mistakes = Mapping[str, Sequence[InBoth]]


@router.api_route("/update/edit/{part}", methods=READ)
async def edit(part: str, request: Request, who: Who, now: Now) -> Response:
    """One group's form, or one entry's, with what is on file and what was typed over it."""
    written = await look(owner_of(who), now=now)
    return _form(request, who, written, part, written.boxes_of(part))


@router.post("/update/edit/{part}")
async def keep(part: str, request: Request, who: Writer, now: Now) -> Response:
    """Keep what was typed, right or wrong, and say what is wrong; else back to the details."""
    owner = owner_of(who)
    written = await look(owner, now=now)
    before = written.boxes_of(part)
    boxes = form_of(part).only(may_change(written, part)).boxes
    sent = await texts_of(request, (FIELD, SEEN, "switch", *boxes))
    typed = before | {box: sent[box] for box in boxes}
    again = _asks_again(request, sent)
    if again is not None:
        status, mistakes = again
        return _form(request, who, written, part, typed, mistakes, sent[SEEN], status)
    try:
        written = await save(owner, part, typed, seen=seen_of(sent[SEEN]), now=now)
    except DraftMoved:
        # What is saved now is what the next press is compared with: it then says so knowingly.
        mistakes = {"": (said("update.moved"),)}
        written = await look(owner, now=now)
        return _form(request, who, written, part, typed, mistakes, status=_MOVED)
    except RequestIsOpen as refused:
        return to_request(request, refused.tracking_code)
    return await _judged(request, who, written, part, now)


@router.api_route("/update/add/{entry}", methods=READ)
async def ask_for_entry(entry: Entry, request: Request, who: Who, now: Now) -> Response:
    """An empty form; nothing is begun before something is sent."""
    written = await look(owner_of(who), now=now)
    if not may_add(written, entry):
        raise PartUnknown
    kind = request.query_params.get("kind", "")
    return _form(request, who, written, f"{entry}-0", {"kind": kind})


@router.post("/update/add/{entry}")
async def add(entry: Entry, request: Request, who: Writer, now: Now) -> Response:
    """Add it, right or wrong; what is wrong is said on its own page."""
    owner = owner_of(who)
    written = await look(owner, now=now)
    new = f"{entry}-0"
    boxes = form_of(new).boxes
    sent = await texts_of(request, (FIELD, SEEN, "switch", *boxes))
    typed = {box: sent[box] for box in boxes}
    again = _asks_again(request, sent)
    if again is not None:
        status, mistakes = again
        return _form(request, who, written, new, typed, mistakes, sent[SEEN], status)
    try:
        part = await add_entry(owner, entry, typed, seen=seen_of(sent[SEEN]), now=now)
    except TooManyEntries as refused:
        mistakes = {"": (problem("too_many", entry.member, limit=refused.limit).sentence,)}
        return _form(request, who, written, new, typed, mistakes, sent[SEEN], UNREADABLE)
    except RequestIsOpen as refused:
        return to_request(request, refused.tracking_code)
    return await _judged(request, who, await look(owner, now=now), part, now)


@router.post("/update/remove/{part}")
async def remove(part: str, request: Request, who: Who, now: Now) -> Response:
    """Take an entry out; pressed again, it is the same."""
    sent = await texts_of(request, (FIELD,))
    owner = owner_of(who)
    if not is_ours(request, sent[FIELD]):
        written = await look(owner, now=now)
        mistakes = {"": (said("form.again"),)}
        boxes = written.boxes_of(part)
        return _form(request, who, written, part, boxes, mistakes, status=REFUSED)
    written = await look(owner, now=now)
    if part in written.content and not may_change(written, part):
        raise PartUnknown
    await remove_entry(owner, part, now=now)
    return RedirectResponse(with_language(request, DETAILS), status_code=303)


def to_request(request: Request, tracking_code: str) -> Response:
    """To the page of the request that is open already."""
    return RedirectResponse(with_language(request, f"/requests/{tracking_code}"), status_code=303)


async def _judged(
    request: Request, who: SignedIn, written: Written, part: str, now: Now
) -> Response:
    """What was saved: its mistakes, or the details with it."""
    problems = (await review(written, now=now)).of(part)
    if {each.problem.code for each in problems} == {"document_file_missing"}:
        return RedirectResponse(with_language(request, f"{FILES}{part}"), status_code=303)
    if [each.problem.code for each in problems] == [NOT_CONFIRMED]:
        return await after_sending(request, who, now, again=False)
    if problems:
        boxes = written.boxes_of(part)
        return _form(request, who, written, part, boxes, mistakes_of(problems), status=UNREADABLE)
    return RedirectResponse(f"{with_language(request, DETAILS)}#{part}", status_code=303)


def mistakes_of(problems: Sequence[Placed]) -> dict[str, Sequence[InBoth]]:
    """The problems' sentences, by the box that they speak of."""
    found: dict[str, list[InBoth]] = {}
    for each in problems:
        if each.problem.code == NOT_CONFIRMED:
            continue  # it is no mistake of what was typed, and has a page of its own
        found.setdefault(each.box or "", []).append(each.problem.sentence)
    return dict(found)


def _asks_again(request: Request, sent: Mapping[str, str]) -> tuple[int, Mistakes] | None:
    """With which status and mistakes the form is shown again, before anything is saved.

    For the other language, or as no page of ours has sent it; else None.
    """
    if sent["switch"]:
        return 200, {}
    if not is_ours(request, sent[FIELD]):
        return REFUSED, {"": (said("form.again"),)}
    return None


def _form(
    request: Request,
    who: SignedIn,
    written: Written,
    part: str,
    boxes: Mapping[str, str],
    mistakes: Mistakes | None = None,
    seen: str | None = None,
    status: int = 200,
) -> Response:
    is_new = part.endswith("-0")
    marks = marks_of(written)
    changeable, entry = may_change(written, part), entry_of(part)
    notes: Mapping[str, Sequence[InBoth]] = words_on(written, part)
    if entry is None:
        notes = {
            name: (marks[name], *_on_file(written, part, name))
            for name in changeable
            if name in marks
        }
    filled = FilledForm(form_of(part).only(changeable), boxes, mistakes or {}, notes)
    path = f"/update/add/{entry}" if is_new else f"/update/edit/{part}"
    return page(
        "update/edit.html",
        request,
        page_language(request, who.language),
        status=status,
        path=path,
        part=entry or part,
        removable=None if entry is None or is_new else part,
        filled=filled,
        words=notes.get("", ()),
        before=entry_before(written, part),
        fixed=_fixed(written, part, changeable),
        seen=seen_text(written.seen) if seen is None else seen,
    )


def _on_file(written: Written, part: str, name: str) -> tuple[InBoth, ...]:
    """What is on file, beside what was submitted and is to be corrected."""
    sentence = said("update.on_file")
    return tuple(
        InBoth(
            sentence.ar.format(value=row.before.words.ar or "–"),
            sentence.en.format(value=row.before.words.en or "–"),
        )
        for block in sections(written)
        for row in block.rows
        if block.part == part and row.name == name
    )


def _fixed(written: Written, part: str, changeable: Sequence[str]) -> Block | None:
    """The fields of the group that cannot be changed now, as they stand."""
    found = [block for block in sections(written) if block.part == part]
    if not found or len(changeable) == len(found[0].rows):
        return None
    rows = tuple(row for row in found[0].rows if row.name not in changeable)
    return Block(part=part, rows=rows)
