"""What an officer is to look at in the files of a request."""

from dataclasses import replace
from datetime import date

from rules.documents.on_hand import DocumentOnHand, DocumentsOnHand
from rules.documents.states import DocumentState
from rules.findings.doubts import Doubt
from rules.requests.document_doubts import NOT_SCANNED, OF_ANOTHER_PERSON, document_doubts
from rules.requests.documents import DocumentOnRequest, placed
from rules.values.document_kind import DocumentKind

LETTER = DocumentOnRequest(
    kind=DocumentKind.EMPLOYER_LETTER,
    issuer="King Salman Hospital",
    issued_on=date(2026, 11, 1),
    expires_on=None,
    sha256=None,
    size_bytes=None,
    media_type=None,
)
CLEAN = DocumentOnHand(
    kind=DocumentKind.EMPLOYER_LETTER,
    state=DocumentState.READY,
    readable=True,
    sha256="ab" * 32,
    size_bytes=10,
    media_type="application/pdf",
)
BY_ID = {
    "clean": CLEAN,
    "shared": replace(CLEAN, also_sent_by="20104567"),
    "unscanned": replace(CLEAN, is_scanned=False),
    "both": replace(CLEAN, also_sent_by="20104567", is_scanned=False),
}


def doubts_of(*uploads: str | None) -> tuple[Doubt, ...]:
    """The doubts about a request whose documents name these uploads."""
    documents = placed(replace(LETTER, upload_id=upload) for upload in uploads)
    return document_doubts(documents, DocumentsOnHand(by_id=BY_ID))


def test_each_doubt_is_about_the_file_of_its_document() -> None:
    """Whose it was before is told; nobody's scan is against nothing."""
    assert doubts_of("shared", "clean", "unscanned") == (
        Doubt(OF_ANOTHER_PERSON, "documents[0].id", "20104567"),
        Doubt(NOT_SCANNED, "documents[2].id"),
    )


def test_a_file_may_raise_both() -> None:
    """One after the other."""
    assert [doubt.code for doubt in doubts_of("both")] == [OF_ANOTHER_PERSON, NOT_SCANNED]


def test_a_document_without_a_file_of_ours_raises_none() -> None:
    """What stands before and after it does."""
    assert doubts_of(None, "unknown", "unscanned") == (Doubt(NOT_SCANNED, "documents[2].id"),)
