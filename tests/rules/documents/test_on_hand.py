"""What is said of an uploaded document that is not to be had."""

from rules.documents.on_hand import why_not_ready
from rules.documents.states import DocumentState

SAID = {
    DocumentState.RECEIVED: "document_being_checked",
    DocumentState.UNSCANNED: "document_being_checked",
    DocumentState.CLEAN: "document_being_checked",
    DocumentState.SUSPECT: "document_suspect",
    DocumentState.UNREADABLE: "document_unreadable",
    DocumentState.READY: "document_gone",
    DocumentState.REPLACED: "document_gone",
    DocumentState.DESTROYED: "document_gone",
}


def test_each_state_has_its_reason() -> None:
    """One that is ready and yet not to be had has come to its day."""
    assert {state: why_not_ready(state) for state in DocumentState} == SAID
