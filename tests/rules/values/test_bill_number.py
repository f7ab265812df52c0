"""Bill numbers."""

import pytest

from rules.values.bill_number import NotABillNumber, format_bill_number, parse_bill_number

NUMBER = format_bill_number(1448, 123)


def test_a_bill_number_is_read_back_however_it_is_typed() -> None:
    """Lower case, without dashes, in Arabic digits."""
    arabic = NUMBER.translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"))

    assert NUMBER.startswith("MBL-1448-000123-")
    assert {
        parse_bill_number(text) for text in (NUMBER.lower(), NUMBER.replace("-", ""), arabic)
    } == {NUMBER}


@pytest.mark.parametrize(
    ("year", "sequence", "number"),
    [
        (1448, 123, "MBL-1448-000123-3"),
        (2026, 1, "MBL-2026-000001-3"),
        (99, 1234567, "MBL-0099-1234567-0"),
    ],
)
def test_the_year_has_four_digits_and_the_count_six_or_more(
    year: int, sequence: int, number: str
) -> None:
    """And a check digit, over the kind of number, the year and the count."""
    assert format_bill_number(year, sequence) == number


@pytest.mark.parametrize("place", [at for at, sign in enumerate(NUMBER) if sign.isdigit()])
@pytest.mark.parametrize("digit", "0123456789")
def test_every_wrong_digit_is_refused(place: int, digit: str) -> None:
    """So that a payment is not recorded for somebody else's bill."""
    wrong = NUMBER[:place] + digit + NUMBER[place + 1 :]

    if wrong != NUMBER:
        with pytest.raises(NotABillNumber):
            parse_bill_number(wrong)


@pytest.mark.parametrize("text", ["", "MBL", "MPU-1448-000123-0", "x" * 500, "MBL-1448-123-4"])
def test_what_is_no_bill_number_is_refused(text: str) -> None:
    """Whatever was typed."""
    with pytest.raises(NotABillNumber):
        parse_bill_number(text)


@pytest.mark.parametrize("text", [format_bill_number(1448, 0), "MBL-1448-0000123-2"])
def test_a_number_that_is_never_issued_is_refused(text: str) -> None:
    """Though its check digit is right: a count of zero, or zeros before a count of six digits."""
    with pytest.raises(NotABillNumber):
        parse_bill_number(text)
