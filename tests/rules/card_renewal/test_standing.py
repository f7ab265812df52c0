"""Whether a card is valid on a day."""

from datetime import date, timedelta

import pytest

from rules.card_renewal.standing import CardStanding, card_standing
from rules.register.card import CardStatus
from rules.requests.card_period import Period

BEGINS, ENDS = date(2025, 1, 1), date(2026, 12, 31)
FIRST = Period(valid_from=BEGINS, expires_on=ENDS)
DAY = timedelta(days=1)


def standing(
    on: date, *periods: Period, begins: date = BEGINS, status: CardStatus = CardStatus.ACTIVE
) -> CardStanding:
    """How a card with these periods, or the first one alone, stands."""
    return card_standing(status, begins=begins, periods=periods or (FIRST,), on=on)


@pytest.mark.parametrize("on", [BEGINS, ENDS])
def test_the_first_and_the_last_day_count(on: date) -> None:
    """Both are inclusive."""
    assert standing(on) == CardStanding(is_valid=True, valid_from=BEGINS, valid_until=ENDS)


def test_it_is_not_valid_from_the_day_after_its_last() -> None:
    """However long ago that was."""
    expected = CardStanding(is_valid=False, not_valid_since=ENDS + DAY)

    assert standing(ENDS + DAY) == expected
    assert standing(date(2031, 5, 1)) == expected


def test_before_its_first_day_nothing_has_run_out() -> None:
    """It is not valid yet, and there is no day since when."""
    assert standing(BEGINS - DAY) == CardStanding(is_valid=False)


@pytest.mark.parametrize("status", [CardStatus.SUSPENDED, CardStatus.REVOKED])
def test_what_the_authority_took_is_not_valid_inside_its_days(status: CardStatus) -> None:
    """And since when is not on file."""
    assert standing(BEGINS, status=status) == CardStanding(is_valid=False)


def test_a_card_that_was_renewed_early_is_valid_until_the_end_of_both() -> None:
    """Today by the old period, which is the one that has begun."""
    new = Period(valid_from=ENDS + DAY, expires_on=date(2028, 12, 31))

    found = standing(ENDS - 30 * DAY, new, FIRST, begins=new.valid_from)

    assert found == CardStanding(is_valid=True, valid_from=BEGINS, valid_until=new.expires_on)


def test_an_extension_lengthens_the_period_in_force() -> None:
    """It is a period of its own, and the card's first day stays."""
    more = Period(valid_from=ENDS + DAY, expires_on=date(2027, 3, 31))

    found = standing(more.valid_from, FIRST, more)

    assert found == CardStanding(is_valid=True, valid_from=BEGINS, valid_until=more.expires_on)


def test_a_late_renewal_leaves_its_gap() -> None:
    """Not valid in it, without a day since when; and valid from the new first day."""
    late = Period(valid_from=date(2027, 3, 1), expires_on=date(2029, 2, 28))

    in_the_gap = standing(date(2027, 2, 1), FIRST, late, begins=late.valid_from)
    assert in_the_gap == CardStanding(is_valid=False)
    assert standing(late.valid_from, FIRST, late, begins=late.valid_from) == CardStanding(
        is_valid=True, valid_from=late.valid_from, valid_until=late.expires_on
    )


def test_a_card_without_a_period_is_not_valid() -> None:
    """Nothing has run out."""
    found = card_standing(CardStatus.ACTIVE, begins=BEGINS, periods=(), on=BEGINS)

    assert found == CardStanding(is_valid=False)
