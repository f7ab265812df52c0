"""What is said of a renewal's fee, and what lateness adds (DOMAIN.md 1.3, 1.4).

A number that policy does not hold is never shown: it is set by the authority.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Self

from rules.card_renewal.window import Window, WindowState
from rules.findings.both_languages import InBoth
from rules.policy.policy import Policy
from rules.values.dates import months_before
from rules.values.money import Money


class FineKind(StrEnum):
    """What is known of the fine for lateness."""

    #: The renewal is in time, or in the grace.
    NONE = "none"
    #: There is a fine, and policy does not hold its amount.
    UNSET = "unset"
    #: There is a fine of a known amount.
    AMOUNT = "amount"


@dataclass(frozen=True, kw_only=True)
class Fine:
    """The fine for renewing late."""

    kind: FineKind
    #: Present for `FineKind.AMOUNT` alone.
    money: Money | None = None

    def to_json(self) -> dict[str, Any]:
        """The fine as a JSON object."""
        return {"kind": self.kind.value, "money": self.money.to_json() if self.money else None}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """The fine that `to_json` wrote."""
        money = stored["money"]
        return cls(
            kind=FineKind(stored["kind"]),
            money=Money.from_json(money) if money else None,
        )


def late_fine(window: Window, today: date, policy: Policy) -> Fine:
    """The fine on ``today`` (Riyadh), in the card's window; it begins when the grace has ended.

    By months, each calendar month that has begun after the grace's last day counts whole.
    """
    if window.state not in {WindowState.LATE, WindowState.TOO_LATE}:
        return Fine(kind=FineKind.NONE)
    fine = policy.renewal.late_fine
    if fine.minor_units is None:
        return Fine(kind=FineKind.UNSET)
    once = Money(fine.minor_units, policy.renewal.fees.currency)
    if fine.formula == "fixed":
        return Fine(kind=FineKind.AMOUNT, money=once)
    months = _months_begun(window.penalty_free_until, today)
    return Fine(kind=FineKind.AMOUNT, money=once.times(months))


def fee_sentences(fee: Money | None) -> InBoth:
    """What is said of a fee, for letters and pages."""
    if fee is None:
        return InBoth(
            "رسوم التجديد تحددها الهيئة.",
            "The renewal fee is set by the authority.",
        )
    return InBoth(
        f"رسوم التجديد: {fee.formatted('ar')}.",
        f"Renewal fee: {fee.formatted('en')}.",
    )


def fine_sentences(fine: Fine) -> InBoth:
    """What is said of a fine, for letters and pages."""
    if fine.kind is FineKind.NONE:
        return InBoth("لا توجد غرامة تأخير.", "There is no fine for lateness.")
    if fine.money is None:
        return InBoth(
            "التجديد متأخر، وغرامة التأخير تحددها الهيئة.",
            "The renewal is late; the fine is set by the authority.",
        )
    return InBoth(
        f"غرامة التأخير: {fine.money.formatted('ar')}.",
        f"Fine for lateness: {fine.money.formatted('en')}.",
    )


def _months_begun(last_free_day: date, today: date) -> int:
    months = (today.year - last_free_day.year) * 12 + today.month - last_free_day.month
    return months + (today > months_before(last_free_day, -months))
