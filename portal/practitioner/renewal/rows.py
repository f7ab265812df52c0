"""The lines of a renewal's pages: what is needed and held, the tasks, what was typed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from desk.drafts.documents import takes_a_file
from desk.drafts.renewal import Renewal, ReviewedRenewal
from portal.forms.fields import BoxKind, Form, FormField
from portal.practitioner.parts_shown import (
    PartShown,
    besides,
    by_box,
    has_file,
    state_of,
    why_wrong,
)
from portal.practitioner.update.forms import document_kinds
from portal.practitioner.update.rows import Block, Row, Shown, shown
from rules.card_renewal.eligibility import EligibilityLine
from rules.findings.both_languages import InBoth
from rules.requests.documents import STATED
from rules.requests.drafted_documents import FILE, Typed, kind_of_part, text_of
from rules.values.document_kind import DocumentKind

_COSTS = frozenset({"fee", "fine", "years"})
_DOCUMENT = "document_"


@dataclass(frozen=True)
class NeedShown:
    """What one rule says, and under which heading a page says it."""

    #: ``missing`` stands in the way, ``held`` holds, ``documents`` are to be shown, and ``costs``.
    block: str
    line: EligibilityLine

    @property
    def kind(self) -> DocumentKind | None:
        """The document that it speaks of; None where it speaks of none."""
        rule = self.line.rule
        return DocumentKind(rule.removeprefix(_DOCUMENT)) if _is_document(rule) else None

    @property
    def document(self) -> InBoth | None:
        """What that document is called."""
        return words_of(self.kind) if self.kind else None


@dataclass(frozen=True, kw_only=True)
class Task(PartShown):
    """One document to state, and to send where policy takes its file."""

    kind: DocumentKind | None
    #: Whether anything was typed or sent of it.
    is_begun: bool


def needs(lines: Iterable[EligibilityLine]) -> list[NeedShown]:
    """The rules' answers, each under its heading, in their order."""
    return [NeedShown(_block(line), line) for line in lines]


def tasks(reviewed: ReviewedRenewal) -> list[Task]:
    """The documents, in policy's order, with what is left to do."""
    return [_task(reviewed, part) for part in reviewed.renewal.parts]


def words_of(kind: DocumentKind) -> InBoth:
    """What a document of this kind is called."""
    return next(option.words for option in document_kinds() if option.value == kind)


def title_of(part: str) -> InBoth:
    """What this document is called; the second of a kind has its number."""
    kind = kind_of_part(part)
    words = words_of(kind) if kind else InBoth(part, part)
    number = part.partition("-")[2]
    return InBoth(f"{words.ar} {number}".strip(), f"{words.en} {number}".strip())


def form_of(kind: DocumentKind) -> Form:
    """The particulars that are asked of a document; a residence card has a last day."""
    has_end = kind is DocumentKind.RESIDENCE_CARD
    return Form(
        (
            FormField(name="issuer"),
            FormField(name="issued_on", kind=BoxKind.DATE, has_hint=True),
            FormField(name="expires_on", kind=BoxKind.DATE, optional=not has_end),
        )
    )


def stated(reviewed: ReviewedRenewal) -> list[Block]:
    """What was typed of each document, with what is wrong with it."""
    return [_stated(reviewed, part) for part in reviewed.renewal.parts]


def before_of(renewal: Renewal, part: str) -> Block | None:
    """What was submitted of this document, where a correction changes it; else None."""
    if renewal.correction is None or part not in renewal.correction.submitted:
        return None
    typed = renewal.correction.submitted[part]
    rows = tuple(_rows(part, typed, {}))
    return Block(part, rows, title=title_of(part), upload_id=typed.get(FILE))


def notes_of(renewal: Renewal, part: str) -> dict[str, tuple[InBoth, ...]]:
    """An officer's words, by the box of this document or "" for all of it."""
    found: dict[str, tuple[InBoth, ...]] = {}
    for box, words in renewal.correction.marks_on(part) if renewal.correction else ():
        name = "" if box in {FILE, *STATED} else box
        found[name] = (*found.get(name, ()), words)
    return found


def _is_document(rule: str) -> bool:
    return rule.startswith(_DOCUMENT)


def _block(line: EligibilityLine) -> str:
    if _is_document(line.rule):
        return "documents"
    if line.rule in _COSTS:
        return "costs"
    return "held" if line.holds else "missing"


def _task(reviewed: ReviewedRenewal, part: str) -> Task:
    renewal, found = reviewed.renewal, reviewed.of(part)
    kind = kind_of_part(part)
    takes = kind is not None and takes_a_file(kind)
    state = state_of(renewal, part, found)
    marks = notes_of(renewal, part)
    return Task(
        part=part,
        kind=kind,
        words=title_of(part),
        has_file=has_file(renewal, part) if takes else None,
        state=state,
        mistakes=why_wrong(state, found),
        marks=tuple(said for words in marks.values() for said in words),
        is_begun=part in renewal.content,
    )


def _stated(reviewed: ReviewedRenewal, part: str) -> Block:
    renewal, found = reviewed.renewal, reviewed.of(part)
    typed = renewal.content.get(part, {})
    mistakes = by_box(found)
    rows = tuple(_rows(part, typed, mistakes))
    return Block(
        part=part,
        title=title_of(part),
        rows=rows,
        mistakes=besides(mistakes, {row.name for row in rows}),
        can_change=renewal.may_change(part),
    )


def _rows(part: str, typed: Typed, mistakes: Mapping[str, tuple[InBoth, ...]]) -> Iterable[Row]:
    kind = kind_of_part(part)
    for field in form_of(kind).fields if kind else ():
        text = text_of(typed, field.name)
        # What was left empty is shown where that is wrong.
        if text.strip() or field.name in mistakes:
            yield Row(
                name=field.name,
                before=Shown(InBoth("", "")),
                after=shown(field, text),
                mistakes=mistakes.get(field.name, ()),
            )
