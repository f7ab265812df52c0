"""The lines of a registration's pages: what is left to do, and what was typed of each part."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from desk.drafts.documents import takes_a_file
from desk.drafts.registration import Registration
from desk.drafts.registration_sending import ReviewedRegistration
from desk.drafts.reviewing import Placed
from portal.practitioner.registration.forms import form_of
from portal.practitioner.renewal.rows import title_of as title_of_document
from portal.practitioner.update.rows import Block, Row, Shown, shown
from portal.web.sentences import said
from rules.findings.both_languages import InBoth
from rules.register.fields import Field
from rules.registration.drafted import (
    Chapter,
    certificates_in,
    documents_in,
    is_certificate,
    text_in,
)
from rules.requests.drafted_documents import FILE, Typed, kind_of_part, text_of
from rules.values.document_kind import DocumentKind

_NOTHING = Shown(InBoth("", ""))


@dataclass(frozen=True)
class StepShown:
    """One page to write, and its file where policy takes one."""

    part: str
    words: InBoth
    #: None where no file belongs to it.
    has_file: bool | None
    #: ``to_do``, ``wrong``, ``no_file``, ``marked``, ``kept`` or ``done``.
    state: str
    mistakes: tuple[InBoth, ...]
    #: An officer's words about it.
    marks: tuple[InBoth, ...]
    #: Whether it can be taken out again.
    is_removable: bool

    @property
    def can_change(self) -> bool:
        """Whether it is not one that stays as it was sent."""
        return self.state != "kept"

    @property
    def is_done(self) -> bool:
        """Whether the rules find nothing wrong with it."""
        return self.state not in {"to_do", "wrong", "no_file"}


def sections(reviewed: ReviewedRegistration) -> list[StepShown]:
    """The groups of fields, in their order."""
    return [_step(reviewed, part) for part in Chapter]


def documents(reviewed: ReviewedRegistration) -> list[StepShown]:
    """The documents that the rules ask for, and those that were added."""
    there = documents_in(reviewed.registration.content)
    return [_step(reviewed, part) for part in (*there, *reviewed.asked)]


def certificates(reviewed: ReviewedRegistration) -> list[StepShown]:
    """The certificates that were added."""
    return [_step(reviewed, part) for part in certificates_in(reviewed.registration.content)]


def others(reviewed: ReviewedRegistration) -> list[tuple[DocumentKind, InBoth]]:
    """The documents that can be added besides."""
    there = {kind_of_part(part) for part in documents_in(reviewed.registration.content)}
    return [
        (kind, title_of(kind))
        for kind in DocumentKind
        if kind not in there and kind not in reviewed.asked
    ]


def title_of(part: str) -> InBoth:
    """What this part is called; a certificate has its number."""
    if kind_of_part(part):
        return title_of_document(part)
    if is_certificate(part):
        words, number = said("entry.certificate"), part.rpartition("-")[2]
        return InBoth(f"{words.ar} {number}", f"{words.en} {number}")
    return said(f"register.part.{part}")


def written(reviewed: ReviewedRegistration) -> list[Block]:
    """All that was typed, with what is wrong with it."""
    content = reviewed.registration.content
    parts = (*Chapter, *certificates_in(content), *documents_in(content), *reviewed.asked)
    return [_block(reviewed, part) for part in parts]


def before_of(registration: Registration, part: str) -> Block | None:
    """What was submitted of this part, where a correction changes it; else None."""
    if registration.correction is None or part not in registration.correction.submitted:
        return None
    typed = registration.correction.submitted[part]
    return Block(part, tuple(_rows(registration, part, typed, {})), title=title_of(part))


def notes_of(registration: Registration, part: str) -> dict[str, tuple[InBoth, ...]]:
    """An officer's words, by the box of this part or "" for all of it."""
    found: dict[str, tuple[InBoth, ...]] = {}
    names = {field.name for field in form_of(part).fields}
    correction = registration.correction
    for box, words in correction.words.get(part, ()) if correction else ():
        name = box if box in names else ""
        found[name] = (*found.get(name, ()), words)
    return found


def has_file(registration: Registration, part: str) -> bool:
    """Whether its file was sent."""
    return bool(registration.content.get(part, {}).get(FILE))


def wants_file(part: str) -> bool:
    """Whether a file belongs to this part."""
    kind = kind_of_part(part)
    return kind is not None and takes_a_file(kind)


def _step(reviewed: ReviewedRegistration, part: str) -> StepShown:
    registration, found = reviewed.registration, reviewed.of(part)
    state = _state(reviewed, part, found)
    marks = notes_of(registration, part)
    return StepShown(
        part=part,
        words=title_of(part),
        has_file=has_file(registration, part) if wants_file(part) else None,
        state=state,
        mistakes=tuple(each.problem.sentence for each in found) if state == "wrong" else (),
        marks=tuple(words for each in marks.values() for words in each),
        is_removable=part not in set(Chapter) and part in registration.content,
    )


def _state(reviewed: ReviewedRegistration, part: str, found: Iterable[Placed]) -> str:
    registration, boxes = reviewed.registration, {each.box for each in found}
    correction = registration.correction
    if part not in registration.content:
        return "to_do"
    if not registration.may_change(part):
        return "kept"
    if boxes == {FILE} and not has_file(registration, part):
        return "no_file"
    if boxes:
        return "wrong"
    is_as_sent = correction and correction.submitted.get(part) == registration.content[part]
    return "marked" if is_as_sent else "done"


def _block(reviewed: ReviewedRegistration, part: str) -> Block:
    registration = reviewed.registration
    mistakes: dict[str, tuple[InBoth, ...]] = {}
    for each in reviewed.of(part):
        box = each.box or ""
        mistakes[box] = (*mistakes.get(box, ()), each.problem.sentence)
    rows = tuple(_rows(registration, part, registration.content.get(part, {}), mistakes))
    beside = {row.name for row in rows}
    return Block(
        part=part,
        rows=rows,
        mistakes=tuple(
            words for box, all_of in mistakes.items() if box not in beside for words in all_of
        ),
        can_change=registration.may_change(part),
        title=title_of(part),
        wants_file=wants_file(part),
        has_file=has_file(registration, part),
    )


def _rows(
    registration: Registration,
    part: str,
    typed: Typed,
    mistakes: Mapping[str, tuple[InBoth, ...]],
) -> Iterable[Row]:
    text = text_of if kind_of_part(part) else text_in
    for field in form_of(part).fields:
        value = text(typed, field.name)
        # What was left empty is shown where that is wrong.
        if value.strip() or field.name in mistakes:
            yield Row(field.name, _NOTHING, shown(field, value), mistakes.get(field.name, ()))
    if part == Chapter.CONTACT:
        address = InBoth(registration.address, registration.address)
        yield Row(Field.EMAIL, _NOTHING, Shown(address, is_ltr=True))
