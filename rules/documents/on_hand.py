"""The uploaded documents that a submission names, as far as the rules have to know them."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from rules.documents.states import DocumentState
from rules.values.document_kind import DocumentKind


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


@dataclass(frozen=True)
class DocumentsOnHand:
    """What of the documents named can be found; others' and unknown ones are not here."""

    #: Whether a document has to come with its file, in kinds of which files are taken.
    files_required: bool = False
    by_id: Mapping[str, DocumentOnHand] = field(default_factory=dict)


NO_DOCUMENTS = DocumentsOnHand()
