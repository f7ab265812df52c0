"""The lines of a registration's pages: what is left to do, and what was typed of each part."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from desk.drafts.documents import takes_a_file
from desk.drafts.registration import Registration
from desk.drafts.registration_sending import ReviewedRegistration
from portal.practitioner.parts_shown import (
    PartShown,
    besides,
    by_box,
    has_file,
    state_of,
    why_wrong,
)
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
from rules.requests.drafted_documents import Typed, kind_of_part, text_of
from rules.values.document_kind import DocumentKind

_NOTHING = Shown(InBoth("", ""))


@dataclass(frozen=True, kw_only=True)
class StepShown(PartShown):
    """A group of fields, a certificate or a document."""

    #: Whether it can be taken out again.
    is_removable: bool


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


def wants_file(part: str) -> bool:
    """Whether a file belongs to this part."""
    kind = kind_of_part(part)
    return kind is not None and takes_a_file(kind)


def _step(reviewed: ReviewedRegistration, part: str) -> StepShown:
    registration, found = reviewed.registration, reviewed.of(part)
    state = state_of(registration, part, found)
    marks = notes_of(registration, part)
    return StepShown(
        part=part,
        words=title_of(part),
        has_file=has_file(registration, part) if wants_file(part) else None,
        state=state,
        mistakes=why_wrong(state, found),
        marks=tuple(words for each in marks.values() for words in each),
        is_removable=part not in set(Chapter) and part in registration.content,
    )


def _block(reviewed: ReviewedRegistration, part: str) -> Block:
    registration = reviewed.registration
    mistakes = by_box(reviewed.of(part))
    rows = tuple(_rows(registration, part, registration.content.get(part, {}), mistakes))
    return Block(
        part=part,
        rows=rows,
        mistakes=besides(mistakes, {row.name for row in rows}),
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
