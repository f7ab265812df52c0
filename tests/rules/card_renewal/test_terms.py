"""What policy says of a card and of a renewal, as terms to compare."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from rules.card_renewal.fees import Fine, FineKind
from rules.card_renewal.plan import RenewalPlan
from rules.card_renewal.terms import card_terms, renewal_terms
from rules.policy.policy import Policy
from rules.policy.terms import Difference, differences
from rules.register.card import Category
from rules.values.money import Money
from support.card_judge import CARD, ENOUGH

ON = CARD.expires_on - timedelta(days=70)


def test_the_terms_of_a_card_that_may_be_renewed(policy: Policy) -> None:
    """Its window in days from the expiry, its hours and what it costs."""
    terms = card_terms(CARD, ENOUGH, on=ON, policy=policy)

    window = policy.renewal
    assert terms["may_renew"] == "yes"
    assert terms["opens_days_before_expiry"] == str(window.opens_before_expiry_days)
    assert terms["free_of_fine_days_after_expiry"] == str(window.grace_days)
    assert terms["latest_days_after_expiry"] == str(window.latest_after_expiry_days)
    assert (terms["hours_needed"], terms["hours_counted"]) == ("30", "30")
    assert (terms["years"], terms["fee"], terms["fine"]) == ("2", "240.00 SAR", "none")
    assert terms["rule:window"] == "holds"
    assert terms["rule:document_employer_letter"] == "does not hold"


def test_a_shorter_window_shuts_a_card_out(policy: Policy) -> None:
    """What differs is what its holder would be told."""
    shorter = replace(policy, renewal=replace(policy.renewal, opens_before_expiry_days=60))

    found = differences(
        card_terms(CARD, ENOUGH, on=ON, policy=policy),
        card_terms(CARD, ENOUGH, on=ON, policy=shorter),
    )

    assert set(found) == {
        Difference("may_renew", "yes", "no"),
        Difference("opens_days_before_expiry", "90", "60"),
        Difference("rule:window", "holds", "forbids"),
    }


def test_more_hours_shorten_the_card_and_its_fee(policy: Policy) -> None:
    """By the rule of the hours, and by what follows from them."""
    cpd = policy.renewal.cpd
    rates = {**cpd.hours_a_year, Category.NURSING: 16}
    stricter = replace(
        policy, renewal=replace(policy.renewal, cpd=replace(cpd, hours_a_year=rates))
    )

    found = differences(
        card_terms(CARD, ENOUGH, on=ON, policy=policy),
        card_terms(CARD, ENOUGH, on=ON, policy=stricter),
    )

    assert set(found) == {
        Difference("fee", "240.00 SAR", "120.00 SAR"),
        Difference("hours_needed", "30", "32"),
        Difference("rule:cpd_hours", "holds", "does not hold"),
        Difference("rule:years", "holds", "does not hold"),
        Difference("years", "2", "1"),
    }


def test_a_fine_is_none_unknown_or_an_amount(policy: Policy) -> None:
    """Late by more than the grace."""
    late = CARD.expires_on + timedelta(days=policy.renewal.grace_days + 1)
    fine = replace(policy.renewal.late_fine, formula="fixed", minor_units=5000)
    known = replace(policy, renewal=replace(policy.renewal, late_fine=fine))

    assert card_terms(CARD, ENOUGH, on=late, policy=policy)["fine"] == "set by the authority"
    assert card_terms(CARD, ENOUGH, on=late, policy=known)["fine"] == "50.00 SAR"


def test_a_fine_by_months_grows_with_the_day(policy: Policy) -> None:
    """Each month that has begun since the grace."""
    late = CARD.expires_on + timedelta(days=policy.renewal.grace_days + 32)
    fine = replace(policy.renewal.late_fine, formula="each_started_month", minor_units=5000)
    known = replace(policy, renewal=replace(policy.renewal, late_fine=fine))

    first, later = (
        card_terms(CARD, ENOUGH, on=day, policy=known)["fine"]
        for day in (late - timedelta(days=31), late)
    )

    assert (first, later) == ("50.00 SAR", "100.00 SAR")


def test_a_card_that_is_not_renewed_has_no_years_and_no_fee(policy: Policy) -> None:
    """Where policy refuses short hours, nothing is granted and nothing promised."""
    cpd = replace(policy.renewal.cpd, short_hours="refuse")
    strict = replace(policy, renewal=replace(policy.renewal, cpd=cpd))

    terms = card_terms(CARD, [], on=ON, policy=strict)

    assert (terms["years"], terms["fee"]) == ("0", "set by the authority")


def test_the_fee_of_a_rank_is_that_of_the_card_s_category(policy: Policy) -> None:
    """Consultants pay otherwise in each."""
    consultant = replace(CARD, rank="consultant")

    assert card_terms(consultant, ENOUGH, on=ON, policy=policy)["fee"] != "set by the authority"


def test_the_terms_of_a_renewal_are_its_plan_s(policy: Policy) -> None:
    """And the documents and the payment that policy asks for."""
    plan = RenewalPlan(
        registration_number=CARD.registration_number,
        years=1,
        old_expires_on=date(2026, 3, 31),
        hours_needed=Decimal(30),
        hours_counted=Decimal(10),
        hours_short=True,
        fee=Money(12000, "SAR"),
        fine=Fine(kind=FineKind.NONE),
        late=False,
        documents=(),
    )
    paid = replace(policy, payment=replace(policy.payment, required_before_activation=True))

    assert renewal_terms(plan, CARD, ON, policy) == {
        "document:employer_letter": "needed",
        "years": "1",
        "fee": "120.00 SAR",
        "fine": "none",
        "paid_before_activation": "no",
    }
    assert renewal_terms(plan, CARD, ON, paid)["paid_before_activation"] == "yes"
