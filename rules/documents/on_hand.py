"""The uploaded documents that a submission names, as far as the rules have to know them."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from rules.documents.states import BEING_CHECKED, DocumentState
from rules.values.document_kind import DocumentKind

_NOT_READY = {
    **dict.fromkeys(BEING_CHECKED, "document_being_checked"),
    DocumentState.SUSPECT: "document_suspect",
    DocumentState.UNREADABLE: "document_unreadable",
}


@dataclass(frozen=True, kw_only=True)
class DocumentOnHand:
    """An uploaded document of the very person who submits."""

    kind: DocumentKind
    state: DocumentState
    #: Its day has not come.
    readable: bool
    sha256: str
    size_bytes: int
    media_type: str
    #: A scanner looked at it, and found nothing.
    is_scanned: bool = True
    #: The registration number of another person who has sent the same bytes.
    also_sent_by: str | None = None


@dataclass(frozen=True)
class DocumentsOnHand:
    """What of the documents named can be found; others' and unknown ones are not here."""

    #: Whether a document has to come with its file, in kinds of which files are taken.
    files_required: bool = False
    by_id: Mapping[str, DocumentOnHand] = field(default_factory=dict)


NO_DOCUMENTS = DocumentsOnHand()


def why_not_ready(state: DocumentState) -> str:
    """The code that says why a document in this state is not to be had; else it is gone."""
    return _NOT_READY.get(state, "document_gone")
