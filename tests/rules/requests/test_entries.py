"""What a submission says of uploaded documents, and what is known of them."""

from dataclasses import replace
from datetime import date

import pytest

from rules.documents.on_hand import DocumentOnHand, DocumentsOnHand
from rules.documents.states import DocumentState
from rules.findings.problems import Problems
from rules.policy.policy import Policy
from rules.requests.documents import PlacedDocument
from rules.requests.entries import EntryReader
from rules.requests.submitted import Document
from rules.values.document_kind import DocumentKind

TODAY = date(2026, 3, 15)
ID = "0" * 32
LETTER = Document(kind=DocumentKind.EMPLOYER_LETTER, issuer="Oasis", issued_on="2026-02-01", id=ID)
READY = DocumentOnHand(
    kind=DocumentKind.EMPLOYER_LETTER,
    state=DocumentState.READY,
    readable=True,
    sha256="ab" * 32,
    size_bytes=1234,
    media_type="image/jpeg",
)


def read(
    policy: Policy, typed: Document, found: DocumentOnHand | None = None
) -> tuple[list[PlacedDocument], list[tuple[str, str]]]:
    """The documents that are right, and the problems by field and code."""
    problems = Problems()
    known = DocumentsOnHand(by_id={} if found is None else {ID: found})
    reader = EntryReader(today=TODAY, policy=policy, problems=problems, on_hand=known)
    return reader.documents([typed]), [(one.field, one.code) for one in problems.found]


def test_of_an_upload_its_own_file_counts(policy: Policy) -> None:
    """Whatever was stated of it besides."""
    stated = replace(LETTER, sha256="cd" * 32, size_bytes=1, media_type="application/pdf")

    [(_, document)], problems = read(policy, stated, READY)

    assert problems == []
    assert (document.sha256, document.size_bytes, document.media_type, document.upload_id) == (
        READY.sha256,
        READY.size_bytes,
        READY.media_type,
        ID,
    )


@pytest.mark.parametrize(
    ("found", "codes"),
    [
        (READY, []),
        (replace(READY, kind=DocumentKind.OTHER), ["document_of_another_kind"]),
        (replace(READY, readable=False), ["document_gone"]),
        (replace(READY, state=DocumentState.CLEAN), ["document_being_checked"]),
        (replace(READY, state=DocumentState.SUSPECT), ["document_suspect"]),
        (replace(READY, state=DocumentState.REPLACED, readable=False), ["document_gone"]),
        (
            replace(READY, kind=DocumentKind.OTHER, state=DocumentState.UNREADABLE),
            ["document_of_another_kind", "document_unreadable"],
        ),
    ],
)
def test_an_upload_that_cannot_count_is_told_at_its_number(
    policy: Policy, found: DocumentOnHand, codes: list[str]
) -> None:
    """All that is wrong with it."""
    _, problems = read(policy, LETTER, found)

    assert problems == [("documents[0].id", code) for code in codes]


def test_another_s_and_an_unknown_upload_are_the_same(policy: Policy) -> None:
    """Nothing of a file is known then, but what its owner says that it is."""
    [(_, document)], problems = read(policy, replace(LETTER, sha256="cd" * 32, size_bytes=1))

    assert problems == [("documents[0].id", "document_unknown")]
    assert (document.sha256, document.size_bytes) == (None, None)
    assert document.media_type == LETTER.media_type
