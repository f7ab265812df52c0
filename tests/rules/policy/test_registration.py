"""The numbers that a registration brings."""

import re

import pytest
from stdnum import damm

from rules.policy.registration import registration_number


def test_a_number_is_a_prefix_a_year_a_place_and_a_check_digit() -> None:
    """As many digits for each year and place, and more where a year has more."""
    number = registration_number("N", 1448, 1)

    assert re.fullmatch("N48000001[0-9]", number)
    assert damm.is_valid(number.removeprefix("N"))
    assert registration_number("", 1400, 1_234_567).startswith("001234567")


@pytest.mark.parametrize("sequence", [0, -1])
def test_a_year_s_numbers_begin_at_one(sequence: int) -> None:
    """Whoever asks for an earlier one has counted wrong, and is told."""
    with pytest.raises(ValueError, match=r"^a registration number has a sequence from 1 up$"):
        registration_number("N", 1448, sequence)
