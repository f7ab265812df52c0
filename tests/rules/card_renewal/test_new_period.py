"""For how long a card is renewed, and from when."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.card_renewal.new_period import new_period, years_granted
from rules.policy.policy import Policy
from rules.register.card import CardOnFile
from rules.requests.card_period import Period
from rules.values.dates import hijri, parse_date
from support.card_judge import CARD

DAY = timedelta(days=1)


def renewed(
    card: CardOnFile,
    policy: Policy,
    *,
    activated_on: date,
    submitted_on: date | None = None,
    years: int = 2,
) -> Period:
    """The new period of a card whose holder submits and activates on one day."""
    return new_period(
        card,
        submitted_on=submitted_on or activated_on,
        activated_on=activated_on,
        years=years,
        policy=policy,
    )


def with_renewal(policy: Policy, **members: object) -> Policy:
    """The policy with these renewal keys changed."""
    return replace(policy, renewal=replace(policy.renewal, **members))  # type: ignore[arg-type]  # keys of the table


@pytest.mark.parametrize(
    ("activated_on", "valid_from", "expires_on"),
    [
        (date(2026, 1, 5), date(2026, 4, 1), date(2028, 3, 31)),
        (date(2026, 3, 31), date(2026, 4, 1), date(2028, 3, 31)),
        (date(2026, 4, 1), date(2026, 4, 1), date(2028, 3, 31)),
        (date(2026, 4, 2), date(2026, 4, 2), date(2028, 4, 1)),
        (date(2026, 5, 10), date(2026, 5, 10), date(2028, 5, 9)),
    ],
)
def test_an_early_renewal_goes_on_and_a_late_one_begins_anew(
    policy: Policy, activated_on: date, valid_from: date, expires_on: date
) -> None:
    """A card that expires on 31 March 2026, for two years."""
    assert renewed(CARD, policy, activated_on=activated_on) == Period(
        valid_from=valid_from, expires_on=expires_on
    )


@pytest.mark.parametrize("submitted_on", [date(2026, 1, 5), date(2026, 3, 31)])
@pytest.mark.parametrize("activated_on", [date(2026, 4, 1), date(2026, 4, 10), date(2027, 1, 1)])
def test_who_submits_in_time_has_no_day_without_a_card(
    policy: Policy, submitted_on: date, activated_on: date
) -> None:
    """However long it takes; submitted on the last day of validity is in time."""
    period = renewed(CARD, policy, submitted_on=submitted_on, activated_on=activated_on)

    assert period == Period(valid_from=date(2026, 4, 1), expires_on=date(2028, 3, 31))


@pytest.mark.parametrize("begins", ["activation", "old_expiry"])
def test_a_period_that_would_be_over_begins_with_its_activation(
    policy: Policy, begins: str
) -> None:
    """Nobody activates a card that has expired already."""
    changed = with_renewal(policy, late_begins=begins)
    day = date(2027, 4, 1)

    eve = renewed(CARD, changed, submitted_on=CARD.expires_on, activated_on=day - DAY, years=1)
    late = renewed(CARD, changed, submitted_on=CARD.expires_on, activated_on=day, years=1)

    assert eve.expires_on == date(2027, 3, 31)
    assert late == Period(valid_from=day, expires_on=date(2028, 3, 31))


def test_policy_may_let_a_late_renewal_go_on_from_the_old_expiry(policy: Policy) -> None:
    """Then lateness wins no days."""
    strict = with_renewal(policy, late_begins="old_expiry")

    assert renewed(CARD, strict, activated_on=date(2026, 5, 10)).valid_from == date(2026, 4, 1)


@pytest.mark.parametrize(
    ("old", "years", "expires_on"),
    [
        (date(2024, 2, 29), 2, date(2026, 2, 28)),
        (date(2024, 2, 29), 1, date(2025, 2, 28)),
        (date(2024, 2, 28), 2, date(2026, 2, 28)),
        (date(2026, 2, 28), 2, date(2028, 2, 28)),
        (date(2026, 5, 31), 2, date(2028, 5, 31)),
        (date(2025, 12, 31), 1, date(2026, 12, 31)),
    ],
)
def test_a_card_is_renewed_to_the_same_calendar_day(
    policy: Policy, old: date, years: int, expires_on: date
) -> None:
    """Or to the month's last one, on leap days."""
    card = replace(CARD, expires_on=old)

    assert renewed(card, policy, activated_on=old, years=years).expires_on == expires_on


def test_hijri_years_end_on_the_same_hijri_day(policy: Policy) -> None:
    """29 Sha'ban 1447 to 29 Sha'ban 1449; a 30th is clamped where the month has none."""
    card = replace(CARD, expires_on=parse_date("1447-08-29"))

    period = renewed(card, with_renewal(policy, calendar="hijri"), activated_on=card.expires_on)

    assert hijri(period.expires_on).isoformat() == "1449-08-29"


@given(
    expires_on=st.dates(date(1990, 1, 1), date(2060, 1, 1)),
    days=st.integers(-90, 365),
    waited=st.integers(0, 800),
    years=st.integers(1, 5),
    calendar=st.sampled_from(["gregorian", "hijri"]),
    begins=st.sampled_from(["activation", "old_expiry"]),
)
def test_a_new_period_never_overlaps_and_is_never_shorter_than_its_years(
    policy: Policy,
    expires_on: date,
    days: int,
    waited: int,
    years: int,
    calendar: Literal["gregorian", "hijri"],
    begins: Literal["activation", "old_expiry"],
) -> None:
    """It begins after the old expiry and has the days of so many years of its calendar."""
    card = replace(CARD, expires_on=expires_on)
    changed = with_renewal(policy, calendar=calendar, late_begins=begins)

    submitted_on = expires_on + timedelta(days=days)
    activated_on = submitted_on + timedelta(days=waited)

    period = renewed(
        card, changed, submitted_on=submitted_on, activated_on=activated_on, years=years
    )

    least = {"gregorian": 365, "hijri": 353}[calendar]
    assert period.valid_from > expires_on
    assert period.expires_on >= activated_on
    assert period.valid_from in {expires_on + DAY, activated_on}
    assert (period.expires_on - period.valid_from).days + 1 >= years * least


def test_a_renewal_for_no_years_is_refused(policy: Policy) -> None:
    """A plan without years has a problem, and is not activated."""
    with pytest.raises(ValueError, match="a year or more"):
        renewed(CARD, policy, activated_on=date(2026, 3, 15), years=0)


@pytest.mark.parametrize(
    ("born", "years"),
    [
        (date(1966, 3, 15), 2),
        (date(1965, 3, 16), 2),
        (date(1965, 3, 15), 1),
        (date(1964, 2, 29), 1),
        (date(1940, 1, 1), 1),
    ],
)
def test_above_60_a_card_is_renewed_for_one_year(policy: Policy, born: date, years: int) -> None:
    """On 15 March 2026: who turns 61 that day is above 60, who turns 60 is not."""
    card = replace(CARD, birth_date=born)

    assert years_granted(card, date(2026, 3, 15), False, policy) == years


def test_who_was_born_on_a_leap_day_is_older_on_the_first_of_march(policy: Policy) -> None:
    """In a common year."""
    card = replace(CARD, birth_date=date(1964, 2, 29))

    assert years_granted(card, date(2025, 2, 28), False, policy) == 2
    assert years_granted(card, date(2025, 3, 1), False, policy) == 1


def test_short_hours_cost_a_year_or_the_renewal_by_policy(policy: Policy) -> None:
    """The sources disagree, so policy says."""
    strict = with_renewal(policy, cpd=replace(policy.renewal.cpd, short_hours="refuse"))

    assert years_granted(CARD, date(2026, 3, 15), True, policy) == 1
    assert years_granted(CARD, date(2026, 3, 15), True, strict) is None
    assert years_granted(CARD, date(2026, 3, 15), False, strict) == 2
