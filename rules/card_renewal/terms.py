"""What policy says of a card that is to be renewed, and of a renewal, as terms to compare."""

from collections.abc import Sequence
from datetime import date

from rules.card_renewal.cpd import hours_counted, hours_needed
from rules.card_renewal.eligibility import EligibilityLine, eligibility, may_renew
from rules.card_renewal.fees import Fine, FineKind, late_fine
from rules.card_renewal.new_period import years_granted
from rules.card_renewal.plan import RenewalPlan
from rules.card_renewal.window import renewal_window
from rules.policy.policy import Policy
from rules.policy.terms import Terms, document_terms
from rules.register.card import CardOnFile, LedgerEntry
from rules.requests.card_fee import card_fee
from rules.requests.documents import needed_for_renewal
from rules.values.money import Money


def card_terms(
    card: CardOnFile, ledger: Sequence[LedgerEntry], *, on: date, policy: Policy
) -> Terms:
    """What each rule says of the card on a day (Riyadh), and the numbers behind it.

    Its window is counted in days from its expiry, so that the cards of all days count together.
    """
    window, needed = renewal_window(card, on, policy), hours_needed(card, policy)
    counted = hours_counted(ledger, card, policy)
    years = years_granted(card, on, counted < needed.hours, policy)
    fee = card_fee(card.rank, years, policy, category=card.category) if years else None
    lines = eligibility(card, ledger, on=on, policy=policy)
    return {
        **{f"rule:{line.rule}": _standing(line) for line in lines},
        "may_renew": "yes" if may_renew(lines) else "no",
        "opens_days_before_expiry": str((card.expires_on - window.opens_on).days),
        "free_of_fine_days_after_expiry": str((window.penalty_free_until - card.expires_on).days),
        "latest_days_after_expiry": str((window.last_day - card.expires_on).days),
        "hours_needed": str(needed.hours),
        "hours_counted": f"{counted.normalize():f}",
        "years": str(years or 0),
        "fee": _amount(fee),
        "fine": _fine(late_fine(window, on, policy)),
    }


def renewal_terms(plan: RenewalPlan, card: CardOnFile, on: date, policy: Policy) -> Terms:
    """What a valid renewal asks for, what it costs and what it gives."""
    return {
        **document_terms(needed_for_renewal(card, on, policy)),
        "years": str(plan.years),
        "fee": _amount(plan.fee),
        "fine": _fine(plan.fine),
        "paid_before_activation": "yes" if policy.payment.required_before_activation else "no",
    }


def _standing(line: EligibilityLine) -> str:
    if line.holds:
        return "holds"
    return "forbids" if line.is_condition else "does not hold"


def _amount(money: Money | None) -> str:
    return money.formatted("en") if money else "set by the authority"


def _fine(fine: Fine) -> str:
    return "none" if fine.kind is FineKind.NONE else _amount(fine.money)
