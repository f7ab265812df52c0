"""The one transition table of documents: which state may follow which, and by whom.

`models.documents.door` is the only code that moves a document, and it asks here first.
"""

from collections.abc import Mapping
from enum import StrEnum

from rules.errors import Conflict


class DocumentState(StrEnum):
    """Where an uploaded document stands. Exactly one at a time."""

    #: Kept, sealed; the scanner has not been asked yet.
    RECEIVED = "received"
    #: The scanner gave no certain answer, or there is none: not known to be clean.
    UNSCANNED = "unscanned"
    #: The scanner found nothing; its pages are not drawn yet.
    CLEAN = "clean"
    #: Its pages can be seen; a request may name it.
    READY = "ready"
    #: The scanner found something; its content is gone. Final.
    SUSPECT = "suspect"
    #: It cannot be shown (damaged, protected, …); its content is gone. Final.
    UNREADABLE = "unreadable"
    #: Its owner sent another in its place.
    REPLACED = "replaced"
    #: Its content is gone, and its key. Final.
    DESTROYED = "destroyed"


class DocumentActor(StrEnum):
    """Who moved a document."""

    #: The practitioner who sent it.
    OWNER = "owner"
    #: What the scanner said, or did not say.
    SCANNER = "scanner"
    #: What drawing its pages showed.
    RENDERER = "renderer"
    #: Its day has come, by policy.
    CLOCK = "clock"
    #: Operations staff, by command.
    OPERATIONS = "operations"


_BEFORE_READY = (DocumentState.RECEIVED, DocumentState.UNSCANNED, DocumentState.CLEAN)
_SCANNER = frozenset({DocumentActor.SCANNER})
_RENDERER = frozenset({DocumentActor.RENDERER})
_OWNER = frozenset({DocumentActor.OWNER})
_WHOEVER_ENDS = frozenset({DocumentActor.OWNER, DocumentActor.CLOCK, DocumentActor.OPERATIONS})

DOCUMENT_TRANSITIONS: Mapping[tuple[DocumentState, DocumentState], frozenset[DocumentActor]] = {
    (DocumentState.RECEIVED, DocumentState.CLEAN): _SCANNER,
    (DocumentState.RECEIVED, DocumentState.UNSCANNED): _SCANNER,
    (DocumentState.RECEIVED, DocumentState.SUSPECT): _SCANNER,
    (DocumentState.UNSCANNED, DocumentState.CLEAN): _SCANNER,
    (DocumentState.UNSCANNED, DocumentState.SUSPECT): _SCANNER,
    # Where policy takes what nobody scanned.
    (DocumentState.UNSCANNED, DocumentState.READY): _RENDERER,
    (DocumentState.UNSCANNED, DocumentState.UNREADABLE): _RENDERER,
    (DocumentState.CLEAN, DocumentState.READY): _RENDERER,
    (DocumentState.CLEAN, DocumentState.UNREADABLE): _RENDERER,
    **{(state, DocumentState.REPLACED): _OWNER for state in (*_BEFORE_READY, DocumentState.READY)},
    **{
        (state, DocumentState.DESTROYED): _WHOEVER_ENDS
        for state in (*_BEFORE_READY, DocumentState.READY, DocumentState.REPLACED)
    },
}

#: Nothing can move the document any more; its content is gone. In the order of `DocumentState`.
WITHOUT_CONTENT = tuple(
    state for state in DocumentState if not any(from_ is state for from_, _ in DOCUMENT_TRANSITIONS)
)
#: It is still being checked.
BEING_CHECKED = tuple(
    state
    for state in DocumentState
    if any(
        from_ is state and by & (_SCANNER | _RENDERER)
        for (from_, _), by in DOCUMENT_TRANSITIONS.items()
    )
)


class DocumentMoveRefused(Conflict):
    """The document stands where this change cannot be made, or not by this actor."""

    def __init__(self, from_: DocumentState, to: DocumentState, by: DocumentActor) -> None:
        super().__init__(f"the document is {from_}; {by} cannot make it {to}")
        self.from_ = from_
        self.to = to
        self.by = by


def check_document_move(from_: DocumentState, to: DocumentState, by: DocumentActor) -> None:
    """Accept the change, or raise `DocumentMoveRefused` naming both states and the actor."""
    if by not in DOCUMENT_TRANSITIONS.get((from_, to), frozenset()):
        raise DocumentMoveRefused(from_, to, by)
