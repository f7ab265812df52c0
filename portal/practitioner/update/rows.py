"""The lines of a profile update: what is on file, what was typed, what an officer marked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from desk.drafts.reviewing import Reviewed
from desk.drafts.update import Written
from desk.policy import current_policy
from portal.forms.fields import BoxKind, FormField
from portal.practitioner.update.forms import document_kinds, form_of
from portal.practitioner.update.marks import marks_of, words_on
from portal.web.sentences import said
from rules.findings.both_languages import InBoth
from rules.findings.problems import ValueRefused
from rules.profile_update.drafted import (
    ENTRY_FIELDS,
    FIELDS,
    Entry,
    Section,
    Typed,
    content_of,
    entry_of,
    parts_of,
    text_of,
)
from rules.register.fields import Field, label_of
from rules.values.dates import parse_date
from rules.values.document_kind import DocumentKind

#: Where the file of a document is sent, followed by its part.
FILES = "/update/file/"


@dataclass(frozen=True, repr=False)
class Shown:
    """A value as a page shows it; empty for none."""

    words: InBoth
    is_ltr: bool = False
    day: date | None = None


@dataclass(frozen=True, repr=False)
class Row:
    """One field: what is on file, and what was typed over it."""

    name: str
    before: Shown
    #: None where nothing else was typed.
    after: Shown | None
    mistakes: tuple[InBoth, ...] = ()
    #: An officer's words about it.
    mark: InBoth | None = None
    #: Of a new e-mail address: whether its code was typed. None for all else.
    is_confirmed: bool | None = None

    def label(self, language: str) -> str:
        """What the field is called."""
        return label_of(self.name, language)


@dataclass(frozen=True, repr=False)
class Block:
    """The rows of one page, and where they are changed."""

    part: str
    rows: tuple[Row, ...]
    #: Of the page as a whole.
    mistakes: tuple[InBoth, ...] = ()
    can_change: bool = True
    #: An officer's words about the whole of it.
    marks: tuple[InBoth, ...] = ()
    #: Of a document or another entry: what it is.
    title: InBoth | None = None
    #: Of a document: whether a file belongs to it, and whether it is there.
    wants_file: bool = False
    has_file: bool = False
    #: The file that was sent before, where this is what a correction changes.
    upload_id: str | None = None

    @property
    def is_changed(self) -> bool:
        """Whether anything was typed on its page."""
        return any(row.after is not None for row in self.rows)


def may_change(written: Written, part: str) -> tuple[str, ...]:
    """The names of the fields of this page that can be changed: all, or those that were marked."""
    names = tuple(field.name for field in form_of(part).fields)
    if written.corrects is None:
        return names
    marks = marks_of(written)
    if part in set(Section):
        return tuple(name for name in names if name in marks)
    entry = Entry(part.partition("-")[0])
    # What changes may need other documents than before, so those can always be changed.
    return names if entry is Entry.DOCUMENT or words_on(written, part) else ()


def may_add(written: Written, entry: Entry) -> bool:
    """Whether one more of these can be added."""
    if written.corrects is None:
        return written.open_request is None
    return entry is Entry.DOCUMENT or entry.member in marks_of(written)


def sections(
    written: Written, reviewed: Reviewed | None = None, *, address_is_confirmed: bool | None = None
) -> tuple[Block, ...]:
    """The groups of fields, in their order."""
    if reviewed is not None:
        address_is_confirmed = reviewed.address_is_confirmed
    return tuple(_section(written, each, reviewed, address_is_confirmed) for each in Section)


def listed(written: Written, entry: Entry, reviewed: Reviewed | None = None) -> tuple[Block, ...]:
    """What is to be added, in the order in which it was begun."""
    return tuple(
        _entry(written, part, entry, reviewed) for part in parts_of(written.content, entry)
    )


def shown(field: FormField | None, text: str) -> Shown:
    """The text as its field shows it."""
    if field is None:
        return Shown(InBoth(text, text))
    if field.kind is BoxKind.DATE:
        try:
            return Shown(InBoth(text, text), is_ltr=True, day=parse_date(text))
        except ValueRefused:
            return Shown(InBoth(text, text), is_ltr=True)
    chosen = [option.words for option in field.options() if option.value == text]
    return Shown(chosen[0] if chosen else InBoth(text, text), is_ltr=field.is_ltr)


def _section(
    written: Written, section: Section, reviewed: Reviewed | None, address_is_confirmed: bool | None
) -> Block:
    typed = written.content.get(section, {})
    fields = {field.name: field for field in form_of(section).fields}
    marks, changeable = marks_of(written), may_change(written, section)
    return Block(
        part=section,
        rows=tuple(
            Row(
                name=name,
                before=shown(fields[name], written.on_file.value(Field(name))),
                after=_after(fields[name], typed, reviewed),
                mistakes=_mistakes(reviewed, section, name),
                mark=marks.get(name),
                is_confirmed=address_is_confirmed if name == Field.EMAIL else None,
            )
            for name in FIELDS[section]
        ),
        can_change=_is_open(written) and bool(changeable),
    )


def _after(field: FormField, typed: Typed, reviewed: Reviewed | None) -> Shown | None:
    """What was typed, or what the rules made of it."""
    if not any(box in typed for box in field.boxes):
        return None
    if reviewed is not None and reviewed.proposed is not None:
        for change in reviewed.proposed.changes:
            if change.field == field.name:
                return shown(field, change.new)
    return shown(field, text_of(typed, field.name))


def _entry(written: Written, part: str, entry: Entry, reviewed: Reviewed | None) -> Block:
    typed, kind = written.content[part], kind_of(written, part)
    mistakes = {
        name: _mistakes(reviewed, part, name) for name in ("", "kind", *ENTRY_FIELDS[entry])
    }
    rows = _entry_rows(entry, typed, mistakes)
    beside = {row.name for row in rows}
    return Block(
        part=part,
        rows=rows,
        mistakes=tuple(
            said for name, words in mistakes.items() if name not in beside for said in words
        ),
        marks=tuple(said for words in words_on(written, part).values() for said in words),
        can_change=_is_open(written) and bool(may_change(written, part)),
        title=title_of(written, part),
        wants_file=kind is not None and wants_file(kind),
        has_file=bool(typed.get("id")),
    )


def entry_before(written: Written, part: str) -> Block | None:
    """What was submitted of this entry, where a correction changes it; else None."""
    entry, request = entry_of(part), written.corrects
    if entry is None or request is None:
        return None
    typed = content_of(request.submission).get(part)
    if typed is None:
        return None
    return Block(
        part=part,
        rows=_entry_rows(entry, typed, {}),
        title=title_of(written, part),
        upload_id=typed.get("id") or None,
    )


def _entry_rows(
    entry: Entry, typed: Typed, mistakes: Mapping[str, tuple[InBoth, ...]]
) -> tuple[Row, ...]:
    return tuple(
        Row(
            name=field.name,
            before=Shown(InBoth("", "")),
            after=shown(field, text_of(typed, field.name)),
            mistakes=mistakes.get(field.name, ()),
        )
        for field in form_of(f"{entry}-1").fields
        if field.name != "kind"
    )


def kind_of(written: Written, part: str) -> DocumentKind | None:
    """What this document is; None for what is no document, or one without a kind."""
    kind = written.content.get(part, {}).get("kind", "")
    is_one = entry_of(part) is Entry.DOCUMENT and kind in set(DocumentKind)
    return DocumentKind(kind) if is_one else None


def title_of(written: Written, part: str) -> InBoth:
    """What the entry is called."""
    kind = kind_of(written, part)
    words = {option.value: option.words for option in document_kinds()}
    return said(f"entry.{entry_of(part)}") if kind is None else words[kind]


def wants_file(kind: DocumentKind) -> bool:
    """Whether files of this kind are taken at all."""
    return current_policy().documents.kinds[kind].rule != "never_accept"


def _mistakes(reviewed: Reviewed | None, part: str, name: str) -> tuple[InBoth, ...]:
    if reviewed is None:
        return ()
    return tuple(each.problem.sentence for each in reviewed.of(part) if (each.box or "") == name)


def _is_open(written: Written) -> bool:
    return written.open_request is None or written.corrects is not None


def whole(reviewed: Reviewed) -> Sequence[InBoth]:
    """The sentences of problems that stand on no page: nothing changed, a document is missing."""
    return [each.problem.sentence for each in reviewed.problems if each.part is None]
