"""What a renewal costs, and what lateness adds."""

from dataclasses import replace
from datetime import date

import pytest

from rules.card_renewal.fees import (
    Fine,
    FineKind,
    fee_sentences,
    fine_sentences,
    late_fine,
)
from rules.card_renewal.window import renewal_window
from rules.findings.both_languages import InBoth
from rules.policy.policy import Policy
from rules.policy.renewals import LateFinePolicy
from rules.register.card import Category
from rules.requests.card_fee import card_fee
from rules.values.money import Money
from support.card_judge import CARD


def fine_on(day: date, policy: Policy) -> Fine:
    """The fine for the sample card, whose grace ends on 30 April 2026."""
    return late_fine(renewal_window(CARD, day, policy), day, policy)


def with_fine(policy: Policy, fine: LateFinePolicy) -> Policy:
    """The policy with this fine."""
    return replace(policy, renewal=replace(policy.renewal, late_fine=fine))


@pytest.mark.parametrize(
    ("rank", "category", "riyals"),
    [
        ("consultant", "physician_dentist", 500),
        ("Consultant", "physician_dentist", 500),
        ("استشاري", "physician_dentist", 500),
        ("consultant", "nursing", 400),
        ("registrar", "physician_dentist", 400),
        ("fellow", "physician_dentist", 400),
        ("resident", "physician_dentist", 320),
        ("trainee physician", "exempt", 320),
        ("senior specialist", "nursing", 320),
        ("specialist", "nursing", 240),
        ("technician", "technician", 160),
        ("nurse", "nursing", 160),
    ],
)
def test_a_ranks_fee_for_two_years(policy: Policy, rank: str, category: str, riyals: int) -> None:
    """The published table, per year times years (assumed)."""
    fee = card_fee(rank, 2, policy, category=Category(category))

    assert fee == Money(riyals * 100, "SAR")


@pytest.mark.parametrize(
    ("rank", "category"),
    [
        ("consultant", Category.PHARMACIST),
        ("consultant", None),
        ("senior registrar", Category.PHYSICIAN_DENTIST),
        ("", None),
        ("{0}", None),
    ],
)
def test_a_rank_that_is_not_in_the_table_has_no_number(
    policy: Policy, rank: str, category: Category | None
) -> None:
    """Nor one that could be two; it is said to be set by the authority."""
    fee = card_fee(rank, 2, policy, category=category)

    assert fee is None
    assert fee_sentences(fee).en == "The renewal fee is set by the authority."


def test_a_rank_that_costs_the_same_everywhere_needs_no_category(policy: Policy) -> None:
    """A specialist pays what a specialist pays."""
    assert card_fee("specialist", 1, policy) == Money(12_000, "SAR")


def test_a_fee_for_no_years_is_refused(policy: Policy) -> None:
    """A renewal that is not granted costs nothing."""
    with pytest.raises(ValueError, match="a year or more"):
        card_fee("specialist", 0, policy)


@pytest.mark.parametrize("day", [date(2026, 1, 5), date(2026, 3, 31), date(2026, 4, 30)])
def test_in_time_and_in_the_grace_there_is_no_fine(policy: Policy, day: date) -> None:
    """Whatever the formula."""
    fixed = with_fine(policy, LateFinePolicy(formula="fixed", minor_units=5_000))

    assert fine_on(day, policy) == fine_on(day, fixed) == Fine(kind=FineKind.NONE)


@pytest.mark.parametrize("day", [date(2026, 5, 1), date(2027, 3, 31), date(2027, 4, 1)])
def test_an_unset_fine_never_shows_a_number(policy: Policy, day: date) -> None:
    """No source holds its amount, so the shipped policy has none."""
    fine = fine_on(day, policy)
    said = fine_sentences(fine)

    assert fine == Fine(kind=FineKind.UNSET)
    assert said.en == "The renewal is late; the fine is set by the authority."
    assert not any(character.isdigit() for character in said.ar + said.en)


@pytest.mark.parametrize(
    ("formula", "day", "riyals"),
    [
        ("fixed", date(2026, 5, 1), 50),
        ("fixed", date(2027, 3, 31), 50),
        ("each_started_month", date(2026, 5, 1), 50),
        ("each_started_month", date(2026, 5, 30), 50),
        ("each_started_month", date(2026, 5, 31), 100),
        ("each_started_month", date(2026, 6, 30), 100),
        ("each_started_month", date(2026, 7, 1), 150),
        ("each_started_month", date(2027, 3, 1), 550),
    ],
)
def test_a_fine_by_formula(policy: Policy, formula: str, day: date, riyals: int) -> None:
    """Fifty riyals once, or for every month begun after 30 April."""
    set_ = with_fine(policy, LateFinePolicy(formula=formula, minor_units=5_000))  # type: ignore[arg-type]  # one of the two

    assert fine_on(day, set_) == Fine(kind=FineKind.AMOUNT, money=Money(riyals * 100, "SAR"))


def test_a_months_fine_is_clamped_to_the_months_end(policy: Policy) -> None:
    """A grace that ends on 31 January has its first month until 28 February."""
    card = replace(CARD, expires_on=date(2026, 1, 1))
    monthly = with_fine(policy, LateFinePolicy(formula="each_started_month", minor_units=1))

    fines = [
        late_fine(renewal_window(card, day, monthly), day, monthly).money
        for day in (date(2026, 2, 1), date(2026, 2, 28), date(2026, 3, 1), date(2026, 4, 1))
    ]

    assert fines == [Money(number, "SAR") for number in (1, 1, 2, 3)]


@pytest.mark.parametrize(
    "fine", [Fine(kind=FineKind.UNSET), Fine(kind=FineKind.AMOUNT, money=Money(5, "SAR"))], ids=repr
)
def test_a_fine_is_read_back_from_json(fine: Fine) -> None:
    """With its amount, or without."""
    assert Fine.from_json(fine.to_json()) == fine


def test_amounts_are_said_in_both_languages() -> None:
    """In riyals."""
    money = Money(16_000, "SAR")

    assert fee_sentences(money) == InBoth("رسوم التجديد: 160.00 ر.س.", "Renewal fee: 160.00 SAR.")
    assert fine_sentences(Fine(kind=FineKind.AMOUNT, money=money)) == InBoth(
        "غرامة التأخير: 160.00 ر.س.",
        "Fine for lateness: 160.00 SAR.",
    )
    assert fine_sentences(Fine(kind=FineKind.NONE)) == InBoth(
        "لا توجد غرامة تأخير.",
        "There is no fine for lateness.",
    )


def test_an_unknown_fee_names_no_number() -> None:
    """The authority sets it; and so with a fine that has no formula."""
    assert fee_sentences(None) == InBoth(
        "رسوم التجديد تحددها الهيئة.", "The renewal fee is set by the authority."
    )
    assert fine_sentences(Fine(kind=FineKind.UNSET)) == InBoth(
        "التجديد متأخر، وغرامة التأخير تحددها الهيئة.",
        "The renewal is late; the fine is set by the authority.",
    )
