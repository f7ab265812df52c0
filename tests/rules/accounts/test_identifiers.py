"""What somebody types to say who they are."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.accounts.identifiers import IdentifierKind, read_identifier


@pytest.mark.parametrize(
    ("typed", "kind", "value"),
    [
        ("1000000008", IdentifierKind.IDENTITY_NUMBER, "1000000008"),
        (" ٢٠٠٠٠٠٠٠٠٦ ", IdentifierKind.IDENTITY_NUMBER, "2000000006"),
        ("۲۰۰۰۰۰۰۰۰۶", IdentifierKind.IDENTITY_NUMBER, "2000000006"),
        ("\u20672-000 000 006\u2069", IdentifierKind.IDENTITY_NUMBER, "2000000006"),
        ("784198012345671", IdentifierKind.IDENTITY_NUMBER, "784198012345671"),
        ("Noura@Example.COM", IdentifierKind.EMAIL, "noura@example.com"),
        ("noura\uff20example.com", IdentifierKind.EMAIL, "noura@example.com"),
        ("نورة@example.com", IdentifierKind.EMAIL, "نورة@example.com"),
    ],
)
def test_it_is_read_in_the_one_form_that_is_compared(
    typed: str, kind: IdentifierKind, value: str
) -> None:
    """Digits of every script, marks that nobody sees, any case."""
    found = read_identifier(typed)

    assert found is not None
    assert (found.kind, found.value) == (kind, value)


@pytest.mark.parametrize(
    "typed", ["", " ", "20-10x4567", "noura", "a@b@c", "@", "1" * 16, "1234", "\x00", "x" * 5000]
)
def test_anything_else_is_nobody_s_name(typed: str) -> None:
    """It may be a password in the wrong box, so nothing is made of it."""
    assert read_identifier(typed) is None


@given(st.text(max_size=300))
def test_any_text_is_read(typed: str) -> None:
    """And its digest names nobody."""
    found = read_identifier(typed)

    assert found is None or found.value not in found.digest or len(found.value) < 5
    assert found is None or repr(found).count(found.value) == 0 or len(found.value) < 10
