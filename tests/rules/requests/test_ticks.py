"""What an officer has to look at before approving."""

from collections.abc import Collection
from datetime import date

import pytest

from rules.findings.doubts import Doubt
from rules.register.fields import Field
from rules.requests.correctable import Correctable
from rules.requests.documents import DocumentOnRequest
from rules.requests.review import ReviewReason, reason_of
from rules.requests.ticks import to_tick
from rules.values.document_kind import DocumentKind

LETTER = DocumentOnRequest(
    kind=DocumentKind.EMPLOYER_LETTER,
    issuer="King Salman Hospital",
    issued_on=date(2026, 11, 1),
    expires_on=None,
    sha256=None,
    size_bytes=None,
    media_type="application/pdf",
)


def names(touched: Collection[str], reasons: Collection[str] = (), *doubts: Doubt) -> list[str]:
    """What is to be ticked of these, without documents."""
    return list(to_tick([Correctable(name) for name in touched], [], reasons, doubts))


@pytest.mark.parametrize("name", ["documents", "category", "qualification"])
def test_what_documents_show_is_ticked_with_them(name: str) -> None:
    """Whatever brought the request to an officer."""
    assert names([name], set(ReviewReason)) == []


@pytest.mark.parametrize("field", list(Field))
def test_a_field_is_looked_at_where_its_group_asks_for_an_officer(field: Field) -> None:
    """And not where anything else does."""
    own = reason_of(field.group)

    assert names([field], [own]) == [field]
    assert names([field], set(ReviewReason) - {own}) == []


def test_a_doubt_is_looked_at_whatever_brought_the_request_here() -> None:
    """Contact details that somebody disputes, say; a doubt about what is not touched is none."""
    doubts = Doubt("contact_disputed", "mobile"), Doubt("contact_disputed", "email")

    assert names(["mobile", "address"], [], *doubts) == ["mobile"]


@pytest.mark.parametrize("added", ["certificates", "experience"])
def test_what_is_added_is_looked_at(added: str) -> None:
    """As one thing, where policy asks for an officer."""
    assert names([added], [f"{added}_added"]) == [added]
    assert names([added], ["names_changed"]) == []


def test_every_document_is_looked_at_behind_the_fields() -> None:
    """By its place; "documents" as a whole is nothing to tick."""
    touched = [Correctable(name) for name in ("documents", "certificates", "rank", "specialty")]
    reasons = ["specialty_or_rank_changed", "certificates_added"]

    found = to_tick(touched, [LETTER, LETTER], reasons, [])

    assert found == ("specialty", "rank", "certificates", "documents[0]", "documents[1]")
