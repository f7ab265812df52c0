"""What an error says of itself."""

import pytest

from rules.errors import Conflict


@pytest.mark.parametrize(
    ("doc", "said"),
    [
        ("No bill has this number.", "no bill has this number"),
        ("A bill has it.\n\nMore. And more.", "a bill has it"),
        ("PostgreSQL has ended.", "PostgreSQL has ended"),
        ("Nobody asked", "nobody asked"),
        ("A card of SCFHS is asked for.", "a card of SCFHS is asked for"),
        (None, "BillTwice"),
    ],
)
def test_an_error_says_its_docstring_where_it_carries_no_fact(doc: str | None, said: str) -> None:
    """The capital goes, except a name's; the full stop goes; what follows the first line stays."""
    error: type[Conflict] = type("BillTwice", (Conflict,), {"__doc__": doc})

    assert str(error()) == said
