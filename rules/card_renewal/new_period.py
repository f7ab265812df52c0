"""The period that a renewal brings into force (DOMAIN.md 1.3 [12][13])."""

from datetime import date, timedelta

from rules.policy.policy import Policy
from rules.register.card import CardOnFile
from rules.requests.card_period import Period, period_after
from rules.values.dates import age_on

_DAY = timedelta(days=1)


def years_granted(card: CardOnFile, today: date, hours_short: bool, policy: Policy) -> int | None:
    """For how many years the card is renewed; None where policy refuses short hours.

    The reduced years are for short hours and for who is older than policy's age in full years on
    ``today`` (DOMAIN.md 1.3 [12]).
    """
    renewal = policy.renewal
    if hours_short and renewal.cpd.short_hours == "refuse":
        return None
    above_age = age_on(card.birth_date, today) > renewal.reduced_above_age_years
    return renewal.reduced_years if hours_short or above_age else renewal.years


def new_period(
    card: CardOnFile, *, submitted_on: date, activated_on: date, years: int, policy: Policy
) -> Period:
    """The period of a renewal that was submitted and comes into force on these days (Riyadh).

    Who submits while the card is valid is not late, however long officers, payment and activation
    take: the period begins on the day after the expiry, with no day without a card. A late renewal
    begins anew on the day of activation, or, by policy, on the day after the old expiry. A period
    that would be over by its activation begins then. The last day is the same calendar day as the
    eve of the first, so many years later and clamped to its month: a card that expires on 31 May is
    renewed to 31 May. The new period begins after the card's expiry and ends later than it does,
    always. Raises ValueError for fewer than 1 year, and `rules.findings.problems.ValueRefused`
    where the Hijri calendar's table ends.
    """
    if years < 1:
        raise ValueError("a card is renewed for a year or more")
    is_late = submitted_on > card.expires_on
    if not is_late or policy.renewal.late_begins == "old_expiry":
        period = period_after(card.expires_on, years, policy)
        if period.expires_on >= activated_on:
            return period
    return period_after(max(card.expires_on, activated_on - _DAY), years, policy)
