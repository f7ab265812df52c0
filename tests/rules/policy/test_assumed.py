"""Which lines of a policy file say that they are assumed."""

import pytest

from rules.policy.assumed import assumed_in

FILE = """\
# Numbers that are assumed stand here.
name = "x" # assumed, and above all tables

[review] # this table is assumed
days = 5 # assumed
# the next one is assumed
late = 3 # [14]
said = "assumed"
  [review.more]
hours = 1 # assumedly not
last = 2 # assumed"""


def test_the_lines_are_numbered_from_the_first() -> None:
    """Comments say it, as a word of its own; the head of the file and its first table do not."""
    assert assumed_in(FILE) == (5, 6, 11)


@pytest.mark.parametrize("text", ["", "a = 1 # assumed", "# assumed\n# assumed"])
def test_a_file_without_a_table_assumes_nothing(text: str) -> None:
    """All of it is its head."""
    assert assumed_in(text) == ()
