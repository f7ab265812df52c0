"""The number of an uploaded document, as people type it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.values.document_id import NotADocumentId, parse_document_id

ID = "0123456789abcdef0123456789abcdef"


@pytest.mark.parametrize(
    "typed", [ID, ID.upper(), f" {ID} ", f"{ID[:16]}-{ID[16:]}", f"\u2066{ID}\u2069"]
)
def test_it_is_read_as_it_was_typed(typed: str) -> None:
    """Capitals, blanks, dashes and invisible marks make no other number of it."""
    assert parse_document_id(typed) == ID


@pytest.mark.parametrize("typed", ["", "K7Q2-M9XD", ID[:-1], f"{ID}0", "g" * 32, "../" + ID])
def test_what_is_no_number_is_refused(typed: str) -> None:
    """With what one looks like; what was typed is not quoted."""
    with pytest.raises(NotADocumentId, match="has 32 digits") as refused:
        parse_document_id(typed)

    assert typed == "" or typed not in str(refused.value)


@given(st.text(max_size=100))
def test_whatever_is_typed_is_a_number_or_refused(typed: str) -> None:
    """Nothing but 32 hexadecimal digits comes out: it names a folder of the store."""
    try:
        found = parse_document_id(typed)
    except NotADocumentId:
        return
    assert len(found) == 32
    assert set(found) <= set("0123456789abcdef")


def test_without_what_was_typed_the_refusal_is_one_sentence() -> None:
    """It ends where the form is said."""
    said = "this is not a document's number; one has 32 digits and letters from a to f"

    assert str(NotADocumentId()) == said
