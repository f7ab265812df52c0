"""A code that is e-mailed: how it is written, read, and when it is over."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.accounts.mailed_codes import ends_at, is_over, make_code, read_code
from support.policies import frozen_policy

NOW = datetime(2026, 11, 25, 9, tzinfo=UTC)
POLICY = frozen_policy().accounts
LIFE = timedelta(minutes=POLICY.code_minutes)
#: Digits of scripts in use here, of full width, and of none that a keyboard has by accident.
SCRIPTS = ("0123456789", "٠١٢٣٤٥٦٧٨٩", "۰۱۲۳۴۵۶۷۸۹", "０１２３４５６７８９", "०१२३४५६७८९")
BETWEEN = st.sampled_from(["", " ", "\u00a0", "-", "\u2011", "\u200f", "\u2066", "\t"])


@given(st.integers(0, 999_999), st.sampled_from(SCRIPTS), st.lists(BETWEEN, min_size=7, max_size=7))
def test_a_code_is_read_however_it_is_typed(drawn: int, script: str, between: list[str]) -> None:
    """Digits of any script, with spaces, dashes and marks that nobody sees anywhere."""
    code = make_code(drawn, 6)
    digits = code.translate(str.maketrans("0123456789", script))
    typed = "".join(mark + digit for mark, digit in zip(between, [*digits, ""], strict=True))

    assert read_code(typed, 6) == code


@given(st.text())
def test_whatever_is_typed_is_a_code_or_none(text: str) -> None:
    """Nothing raises; what is read is digits, as many as it has."""
    read = read_code(text, 6)

    assert read is None or (len(read) == 6 and read.isascii() and read.isdigit())


@pytest.mark.parametrize(
    "text", ["", "12345", "1234567", "123 45x", "½23456", "²23456", "-1", "1\n23456"]
)
def test_what_is_no_code(text: str) -> None:
    """One digit less, one more, what only looks like a digit."""
    assert read_code(text, 6) is None


@pytest.mark.parametrize(
    ("minted_at", "tries", "over"),
    [
        (None, 0, False),
        (NOW - LIFE + timedelta(seconds=1), 0, False),
        (NOW - LIFE, 0, True),
        (NOW, POLICY.code_tries - 1, False),
        (NOW, POLICY.code_tries, True),
        (None, POLICY.code_tries, True),
    ],
)
def test_a_code_is_over_in_time_or_by_tries(
    minted_at: datetime | None, tries: int, over: bool
) -> None:
    """At the second, and at the try; one that has not left does not grow old."""
    assert is_over(minted_at, tries, policy=POLICY, now=NOW) is over


def test_zeros_in_front_are_part_of_it() -> None:
    """And it ends so many minutes after its e-mail."""
    assert (make_code(7, 6), make_code(999_999, 6)) == ("000007", "999999")
    assert ends_at(NOW, POLICY) == NOW + LIFE
