"""What a submission says of uploaded documents, and what is known of them."""

from dataclasses import replace
from datetime import date

import pytest

from rules.documents.on_hand import DocumentOnHand, DocumentsOnHand
from rules.documents.states import DocumentState
from rules.findings.problems import Problems, problem
from rules.policy.policy import Policy
from rules.requests.documents import PlacedDocument
from rules.requests.entries import EntryReader
from rules.requests.submitted import Document
from rules.values.document_kind import DocumentKind
from rules.values.sizes import Size

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


def problems_of(policy: Policy, *typed: Document, on_hand: DocumentsOnHand) -> Problems:
    """What is wrong with these documents."""
    problems = Problems()
    reader = EntryReader(today=TODAY, policy=policy, problems=problems, on_hand=on_hand)
    reader.documents(typed)
    return problems


def codes_of(policy: Policy, *typed: Document, on_hand: DocumentsOnHand) -> list[tuple[str, str]]:
    """The same, by field and code."""
    found = problems_of(policy, *typed, on_hand=on_hand).found
    return [(one.field, one.code) for one in found]


def test_an_upload_that_is_named_twice_is_entered_twice(policy: Policy) -> None:
    """Of one that is not found that is all there is to say; what has no number is no other's."""
    known, unknown = DocumentsOnHand(by_id={ID: READY}), DocumentsOnHand()
    stated = replace(LETTER, id=None, sha256="cd" * 32)

    assert codes_of(policy, LETTER, LETTER, on_hand=known) == [("documents[1].id", "entered_twice")]
    assert codes_of(policy, LETTER, LETTER, on_hand=unknown) == [
        ("documents[0].id", "document_unknown"),
        ("documents[1].id", "document_unknown"),
    ]
    assert codes_of(policy, stated, stated, on_hand=known) == []


BARE = replace(LETTER, id=None)
CARD = replace(BARE, kind=DocumentKind.RESIDENCE_CARD)
WRONG_CARD = replace(CARD, sha256="no digest")


@pytest.mark.parametrize(
    ("typed", "files_required", "found"),
    [
        (BARE, True, [("documents[0].id", "document_file_missing")]),
        (BARE, False, [("documents[0].sha256", "document_digest_form")]),
        (CARD, True, []),
        (CARD, False, []),
        (WRONG_CARD, True, [("documents[0].sha256", "document_digest_form")]),
        (WRONG_CARD, False, [("documents[0].sha256", "document_digest_form")]),
    ],
)
def test_a_file_is_asked_for_where_its_kind_is_taken(
    policy: Policy, typed: Document, files_required: bool, found: list[tuple[str, str]]
) -> None:
    """Of a kind that policy never accepts none is; what is stated of one is looked at."""
    on_hand = DocumentsOnHand(files_required=files_required)

    assert codes_of(policy, typed, on_hand=on_hand) == found


def test_as_many_documents_as_policy_allows_are_not_too_many(policy: Policy) -> None:
    """One more is, and the problem says how many may be."""
    limit = policy.limits.documents
    stated = replace(BARE, sha256="cd" * 32)

    enough = problems_of(policy, *[stated] * limit, on_hand=DocumentsOnHand())
    more = problems_of(policy, *[stated] * (limit + 1), on_hand=DocumentsOnHand())

    assert enough.found == []
    assert more.found == [problem("too_many", "documents", limit=limit)]


def test_a_document_may_expire_on_the_day_of_its_issue(policy: Policy) -> None:
    """A day before it may not."""
    stated = replace(BARE, sha256="cd" * 32)
    same, before = (replace(stated, expires_on=f"2026-{day}") for day in ("02-01", "01-31"))

    assert codes_of(policy, same, on_hand=DocumentsOnHand()) == []
    assert codes_of(policy, before, on_hand=DocumentsOnHand()) == [
        ("documents[0].expires_on", "expires_before_issue")
    ]


def test_a_stated_size_is_a_byte_or_more_and_up_to_the_limit(policy: Policy) -> None:
    """Which the problem says."""
    limit = policy.limits.document_bytes
    stated = replace(BARE, sha256="cd" * 32)

    found = {
        size: problems_of(policy, replace(stated, size_bytes=size), on_hand=DocumentsOnHand()).found
        for size in (0, 1, limit, limit + 1)
    }

    refused = [problem("document_size", "documents[0].size_bytes", limit=Size(limit))]
    assert found == {0: refused, 1: [], limit: [], limit + 1: refused}
