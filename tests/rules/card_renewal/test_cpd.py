"""The hours that a renewal needs, and those that count."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.card_renewal.cpd import (
    HoursNeeded,
    YearOfHours,
    hours_by_year,
    hours_counted,
    hours_needed,
)
from rules.policy.policy import Policy
from rules.register.card import ActivityKind, CardOnFile, Category, LedgerEntry
from support.card_judge import CARD, ENOUGH

PHYSICIAN = replace(CARD, category=Category.PHYSICIAN_DENTIST)


def entry(day: date, hours: str, kind: str = "other", key: str | None = None) -> LedgerEntry:
    """Hours of one activity; another key for each day, kind and number where none is given."""
    return LedgerEntry(
        activity_key=key or f"{kind}-{day}-{hours}",
        kind=ActivityKind(kind),
        completed_on=day,
        hours=Decimal(hours),
    )


def counted(policy: Policy, *entries: LedgerEntry, card: CardOnFile = CARD) -> Decimal:
    """The hours that count for the card."""
    return hours_counted(entries, card, policy)


@pytest.mark.parametrize(
    ("category", "hours"),
    [
        ("physician_dentist", 60),
        ("pharmacist", 40),
        ("allied_specialist", 40),
        ("technician", 20),
        ("nursing", 30),
    ],
)
def test_two_years_need_twice_the_years_hours(policy: Policy, category: str, hours: int) -> None:
    """The official table, for two years."""
    card = replace(CARD, category=Category(category))

    assert hours_needed(card, policy) == HoursNeeded(hours=Decimal(hours), exempt=False)


def test_an_exempt_category_needs_none(policy: Policy) -> None:
    """And says so."""
    card = replace(CARD, category=Category.EXEMPT)

    assert hours_needed(card, policy) == HoursNeeded(hours=Decimal(0), exempt=True)


@pytest.mark.parametrize(
    ("valid_from", "expires_on", "hours"),
    [
        (date(2024, 4, 1), date(2025, 3, 31), 30),
        (date(2024, 4, 1), date(2024, 9, 30), 15),
        (date(2024, 4, 1), date(2024, 4, 1), 0),
        (date(2024, 4, 1), date(2026, 3, 30), 59),
        (date(2024, 3, 1), date(2026, 2, 28), 60),
        (date(2024, 2, 29), date(2026, 2, 28), 60),
        (date(2023, 3, 1), date(2024, 2, 29), 30),
        (date(2024, 7, 7), date(2026, 6, 15), 58),
        (date(2024, 4, 1), date(2026, 8, 1), 60),
        (date(2021, 4, 1), date(2026, 3, 31), 60),
    ],
)
def test_hours_are_pro_rata_for_the_period_and_not_beyond_two_years(
    policy: Policy, valid_from: date, expires_on: date, hours: int
) -> None:
    """Whole hours, rounded down; leap years, two Hijri years, extended and old cards."""
    card = replace(PHYSICIAN, valid_from=valid_from, expires_on=expires_on)

    assert hours_needed(card, policy).hours == hours


@given(st.dates(date(2020, 1, 1), date(2024, 1, 1)), st.integers(1, 2000))
def test_a_longer_period_never_needs_fewer_hours(policy: Policy, start: date, days: int) -> None:
    """From day to day."""
    shorter = replace(
        PHYSICIAN, valid_from=start, expires_on=date.fromordinal(start.toordinal() + days)
    )
    longer = replace(shorter, expires_on=date.fromordinal(start.toordinal() + days + 1))

    assert hours_needed(shorter, policy).hours <= hours_needed(longer, policy).hours


@pytest.mark.parametrize(
    ("day", "hours"),
    [
        (date(2024, 3, 31), 0),
        (date(2024, 4, 1), 5),
        (date(2026, 3, 31), 5),
        (date(2026, 4, 1), 0),
    ],
)
def test_only_hours_inside_the_period_count(policy: Policy, day: date, hours: int) -> None:
    """Its first and last day are inside."""
    assert counted(policy, entry(day, "5")) == hours


def test_an_activity_counts_once(policy: Policy) -> None:
    """However often it is in the ledger."""
    twice = [entry(date(2025, 1, day), "5", key="same") for day in (1, 2)]

    assert counted(policy, *twice) == 5


def test_an_activity_of_an_earlier_period_does_not_count_again(policy: Policy) -> None:
    """It counted then."""
    again = [entry(date(year, 1, 1), "5", key="same") for year in (2024, 2025)]

    assert counted(policy, *again) == 0


def test_one_activity_counts_thirty_hours_at_most(policy: Policy) -> None:
    """Per programme (DOMAIN.md 1.5 [29])."""
    assert counted(policy, entry(date(2025, 1, 1), "45.5")) == 30


def test_a_nurses_kinds_are_capped_together_in_each_year(policy: Policy) -> None:
    """Conferences, courses and workshops 20, internal and online 10 (DOMAIN.md 1.5 [12])."""
    first_year = [
        entry(date(2024, 5, 1), "15", "conference"),
        entry(date(2025, 3, 31), "15", "course"),
        entry(date(2024, 6, 1), "8", "online"),
        entry(date(2024, 7, 1), "7.5", "internal"),
        entry(date(2024, 8, 1), "2.25"),
    ]

    assert counted(policy, *first_year) == Decimal("32.25")


def test_the_caps_year_is_the_periods_own(policy: Policy) -> None:
    """31 March ends the first year of a card of 1 April."""
    split = [entry(date(2025, 3, 31), "10", "online"), entry(date(2025, 4, 1), "10", "online")]
    together = [entry(date(2025, 3, 31), "10", "online"), entry(date(2025, 3, 30), "10", "online")]

    assert counted(policy, *split) == 20
    assert counted(policy, *together) == 10


def test_other_categories_have_no_caps(policy: Policy) -> None:
    """Only nursing's are known."""
    online = entry(date(2025, 1, 1), "25", "online")

    assert counted(policy, online, card=PHYSICIAN) == 25


@given(
    st.lists(
        st.builds(
            LedgerEntry,
            activity_key=st.sampled_from("abcde"),
            kind=st.sampled_from(ActivityKind),
            completed_on=st.dates(date(2024, 1, 1), date(2026, 6, 1)),
            hours=st.decimals(0, 60, places=2),
        )
    ),
    st.randoms(use_true_random=False),
)
def test_the_order_of_the_ledger_does_not_matter(
    policy: Policy, entries: list[LedgerEntry], random: object
) -> None:
    """And nothing counts more than once, or below zero."""
    shuffled = list(entries)
    random.shuffle(shuffled)  # type: ignore[attr-defined]  # Hypothesis's own Random

    hours = counted(policy, *entries)

    assert counted(policy, *shuffled) == hours
    assert 0 <= hours <= 5 * 30


def test_the_sample_ledger_is_exactly_enough(policy: Policy) -> None:
    """What other tests build on."""
    assert counted(policy, *ENOUGH) == hours_needed(CARD, policy).hours == 30


def test_a_year_holds_all_its_hours_and_those_of_the_cards_period() -> None:
    """Both days of the period are inside; the newest year comes first."""
    day = timedelta(days=1)
    ledger = [
        entry(CARD.valid_from - day, "3"),
        entry(CARD.valid_from, "4"),
        entry(CARD.expires_on, "5"),
        entry(CARD.expires_on + day, "6"),
    ]

    found = hours_by_year(ledger, CARD)

    assert [row.year for row in found] == sorted({e.completed_on.year for e in ledger})[::-1]
    assert sum(row.recorded for row in found) == Decimal(18)
    assert sum(row.in_period for row in found) == Decimal(9)
    assert hours_by_year([entry(date(2001, 5, 5), "2")], CARD) == (
        YearOfHours(year=2001, recorded=Decimal(2), in_period=Decimal(0)),
    )


def test_hours_of_one_year_are_added_up() -> None:
    """Those within the card's period by themselves."""
    inside, before = CARD.valid_from, CARD.valid_from - timedelta(days=1)
    year = inside.year

    found = hours_by_year([entry(inside, "2"), entry(inside, "3", key="b")], CARD)

    assert found == (YearOfHours(year=year, recorded=Decimal(5), in_period=Decimal(5)),)
    assert hours_by_year([entry(before, "4")], CARD)[0].in_period == Decimal(0)
