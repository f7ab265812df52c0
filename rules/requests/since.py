"""What a request asks for otherwise than in an earlier round, for whoever has seen that one."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from rules.findings.both_languages import InBoth
from rules.register.fields import Field
from rules.requests.activities import CertificateOnRequest, ExperienceOnRequest
from rules.requests.documents import DocumentOnRequest
from rules.requests.proposed import Proposed
from rules.values.document_kind import DocumentKind

T = TypeVar("T")


@dataclass(frozen=True, repr=False)
class ValueSince:
    """A field whose new value is another one."""

    field: Field
    #: None where it was not to change.
    before: str | None
    #: None where it is not to change any more.
    now: str | None


@dataclass(frozen=True, repr=False)
class FactSince:
    """A fact that is another one."""

    label: InBoth
    before: InBoth | None
    now: InBoth | None


class DocumentMove(StrEnum):
    """How a document differs from those of before."""

    ADDED = "added"
    #: Its file is another one.
    REPLACED = "replaced"
    #: The same file, stated otherwise.
    RESTATED = "restated"
    REMOVED = "removed"


@dataclass(frozen=True, repr=False)
class DocumentSince:
    """A document that is new, another one, or gone."""

    kind: DocumentKind
    move: DocumentMove
    before: DocumentOnRequest | None
    now: DocumentOnRequest | None
    #: Where it stands among the documents of now, from 0; None where it is gone.
    index: int | None


@dataclass(frozen=True, kw_only=True, repr=False)
class Since:
    """All that is otherwise; personal data: its `repr` shows none of it."""

    values: tuple[ValueSince, ...] = ()
    facts: tuple[FactSince, ...] = ()
    certificates_added: tuple[CertificateOnRequest, ...] = ()
    certificates_removed: tuple[CertificateOnRequest, ...] = ()
    experience_added: tuple[ExperienceOnRequest, ...] = ()
    experience_removed: tuple[ExperienceOnRequest, ...] = ()
    documents: tuple[DocumentSince, ...] = ()

    @property
    def is_nothing(self) -> bool:
        """Whether it asks for just the same."""
        return self == Since()

    @property
    def fields(self) -> frozenset[Field]:
        """The fields that are otherwise."""
        return frozenset(one.field for one in self.values)

    @property
    def places(self) -> frozenset[int]:
        """Where documents stand now that are new or another one."""
        return frozenset(one.index for one in self.documents if one.index is not None)


def since(before: Proposed, now: Proposed) -> Since:
    """What is otherwise in ``now``, in the order in which it is shown."""
    return Since(
        values=_values(before, now),
        facts=_facts(before, now),
        certificates_added=_without(now.certificates, before.certificates),
        certificates_removed=_without(before.certificates, now.certificates),
        experience_added=_without(now.experience, before.experience),
        experience_removed=_without(before.experience, now.experience),
        documents=_documents(before.documents, now.documents),
    )


def _values(before: Proposed, now: Proposed) -> tuple[ValueSince, ...]:
    old = {change.field: change.new for change in before.changes}
    new = {change.field: change.new for change in now.changes}
    return tuple(
        ValueSince(field, old.get(field), new.get(field))
        for field in Field
        if old.get(field) != new.get(field)
    )


def _facts(before: Proposed, now: Proposed) -> tuple[FactSince, ...]:
    old = {fact.label: fact.value for fact in before.facts}
    new = {fact.label: fact.value for fact in now.facts}
    return tuple(
        FactSince(label, old.get(label), new.get(label))
        for label in {**new, **old}
        if old.get(label) != new.get(label)
    )


def _without(these: Sequence[T], those: Sequence[T]) -> tuple[T, ...]:
    """These but for those; of two that are equal, one stands for one."""
    left = list(those)
    found = []
    for one in these:
        if one in left:
            left.remove(one)
        else:
            found.append(one)
    return tuple(found)


def _documents(
    before: Sequence[DocumentOnRequest], now: Sequence[DocumentOnRequest]
) -> tuple[DocumentSince, ...]:
    """Of each kind, what is not the same is taken for one another in the order in which it is."""
    left = list(_without(before, now))
    fresh = list(_without(now, before))
    found = []
    for index, document in enumerate(now):
        if document not in fresh:
            continue
        fresh.remove(document)
        old = next((one for one in left if one.kind is document.kind), None)
        if old is not None:
            left.remove(old)
        found.append(DocumentSince(document.kind, _move(old, document), old, document, index))
    found += [DocumentSince(old.kind, DocumentMove.REMOVED, old, None, None) for old in left]
    return tuple(found)


def _move(before: DocumentOnRequest | None, now: DocumentOnRequest) -> DocumentMove:
    if before is None:
        return DocumentMove.ADDED
    if (before.upload_id, before.sha256) == (now.upload_id, now.sha256):
        return DocumentMove.RESTATED
    return DocumentMove.REPLACED
