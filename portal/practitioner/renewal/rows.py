"""The lines of a renewal's pages: what is needed and held, the tasks, what was typed."""

from collections.abc import Iterable
from dataclasses import dataclass

from desk.drafts.renewal import Renewal, ReviewedRenewal, takes_a_file
from desk.drafts.reviewing import Placed
from portal.forms.fields import BoxKind, Form, FormField
from portal.practitioner.update.forms import document_kinds
from portal.practitioner.update.rows import Block, Row, Shown, shown
from rules.card_renewal.drafted import FILE, text_of
from rules.card_renewal.eligibility import EligibilityLine
from rules.findings.both_languages import InBoth
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
    def document(self) -> InBoth | None:
        """What the document is called that it speaks of; None where it speaks of none."""
        rule = self.line.rule
        return words_of(DocumentKind(rule.removeprefix(_DOCUMENT))) if _is_document(rule) else None


@dataclass(frozen=True)
class Task:
    """One document to state, and to send where policy takes its file."""

    kind: DocumentKind
    words: InBoth
    #: None where policy takes no file of it.
    has_file: bool | None
    #: ``to_do``, ``wrong``, ``no_file`` or ``done``.
    state: str
    mistakes: tuple[InBoth, ...]

    @property
    def is_done(self) -> bool:
        """Whether the rules find nothing wrong with it."""
        return self.state == "done"


def needs(lines: Iterable[EligibilityLine]) -> list[NeedShown]:
    """The rules' answers, each under its heading, in their order."""
    return [NeedShown(_block(line), line) for line in lines]


def tasks(reviewed: ReviewedRenewal) -> list[Task]:
    """The documents, in policy's order, with what is left to do."""
    return [_task(reviewed, kind) for kind in reviewed.renewal.asked]


def words_of(kind: DocumentKind) -> InBoth:
    """What a document of this kind is called."""
    return next(option.words for option in document_kinds() if option.value == kind)


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
    return [_stated(reviewed, kind) for kind in reviewed.renewal.asked]


def has_file(renewal: Renewal, kind: DocumentKind) -> bool:
    """Whether its file was sent."""
    return FILE in renewal.content.get(kind, {})


def _is_document(rule: str) -> bool:
    return rule.startswith(_DOCUMENT)


def _block(line: EligibilityLine) -> str:
    if _is_document(line.rule):
        return "documents"
    if line.rule in _COSTS:
        return "costs"
    return "held" if line.holds else "missing"


def _task(reviewed: ReviewedRenewal, kind: DocumentKind) -> Task:
    renewal = reviewed.renewal
    found = reviewed.of(kind)
    state = "done"
    if kind not in renewal.content:
        state = "to_do"
    elif any(each.box != FILE for each in found):
        state = "wrong"
    elif found:
        state = "wrong" if has_file(renewal, kind) else "no_file"
    return Task(
        kind=kind,
        words=words_of(kind),
        has_file=has_file(renewal, kind) if takes_a_file(kind) else None,
        state=state,
        mistakes=tuple(each.problem.sentence for each in found) if state == "wrong" else (),
    )


def _stated(reviewed: ReviewedRenewal, kind: DocumentKind) -> Block:
    typed, found = reviewed.renewal.content.get(kind, {}), reviewed.of(kind)
    fields = form_of(kind).fields
    names = {field.name for field in fields}
    nothing = Shown(InBoth("", ""))
    return Block(
        part=kind,
        title=words_of(kind),
        rows=tuple(
            Row(
                name=field.name,
                before=nothing,
                after=shown(field, text_of(typed, field.name)),
                mistakes=_of(found, field.name),
            )
            for field in fields
            # What was left empty is shown where that is wrong.
            if text_of(typed, field.name).strip() or _of(found, field.name)
        ),
        mistakes=tuple(each.problem.sentence for each in found if each.box not in names),
    )


def _of(found: Iterable[Placed], box: str) -> tuple[InBoth, ...]:
    return tuple(each.problem.sentence for each in found if each.box == box)
