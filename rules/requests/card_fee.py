"""What a card costs (DOMAIN.md 1.4): registration and renewal have one table of fees.

A number that policy does not hold is never shown: it is set by the authority.
"""

from rules.policy.policy import Policy
from rules.register.card import Category
from rules.values.money import Money
from rules.values.text import folded


def card_fee(
    rank: str, years: int, policy: Policy, *, category: Category | None = None
) -> Money | None:
    """The fee of this rank for so many years; None where it is not in policy's table.

    Ranks such as consultant cost differently from category to category: without ``category``
    such a rank has no fee. Case and vowel signs do not matter. Raises ValueError for less than a
    year.
    """
    if years < 1:
        raise ValueError("a card is for a year or more")
    fees = policy.renewal.fees
    amounts = {
        rate.minor_units_a_year
        for rate in fees.rates
        if category is None or category in rate.categories
        if folded(rank) in {folded(name) for name in rate.ranks}
    }
    if len(amounts) != 1:
        return None
    return Money(amounts.pop(), fees.currency).times(years)
