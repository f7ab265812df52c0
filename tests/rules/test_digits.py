"""Digits as people type them."""

from hypothesis import given
from hypothesis import strategies as st

from rules.digits import western_digits

ARABIC = "٠١٢٣٤٥٦٧٨٩"
PERSIAN = "۰۱۲۳۴۵۶۷۸۹"


@given(st.from_regex(r"[0-9]{0,30}", fullmatch=True), st.sampled_from([ARABIC, PERSIAN]))
def test_any_number_in_arabic_digits_reads_as_the_western_one(number: str, digits: str) -> None:
    """Arabic-Indic and Persian digits are the same numbers."""
    typed = "".join(digits[int(digit)] for digit in number)

    assert western_digits(typed) == number


@given(st.text().filter(lambda text: not set(text) & set(ARABIC + PERSIAN)))
def test_everything_else_stays_as_it_is(text: str) -> None:
    """Superscripts, fractions and other scripts' digits are not made into numbers."""
    assert western_digits(text) == text
