"""What policy decides about card renewals and their payment.

The schema of the tables ``[renewal]`` and ``[payment]``; sources stand in ``policy.toml``.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from rules.policy.reader import PolicyReader
from rules.register.card import ActivityKind, Category
from rules.values.text import folded

#: What a renewal may ask for; each is a `rules.requests.documents.DocumentKind`.
RenewalDocument = Literal[
    "employer_letter", "residence_card", "medical_report", "life_support", "malpractice_insurance"
]
_AT_LEAST_ONE = {"minimum": 1}
_YEARS = {"minimum": 1, "maximum": 10}
#: The shortest year of either calendar.
_DAYS_IN_A_YEAR = 354


@dataclass(frozen=True, kw_only=True)
class CpdCap:
    """No more than so many hours a year from these kinds together."""

    category: Category
    kinds: tuple[ActivityKind, ...]
    hours_a_year: int


@dataclass(frozen=True, kw_only=True)
class CpdPolicy:
    """How many hours a renewal needs, and which count."""

    #: For fewer years, or not at all.
    short_hours: Literal["reduce", "refuse"]
    #: A longer period, such as an extended one, asks for no more hours.
    hours_for_at_most_years: int = field(metadata=_AT_LEAST_ONE)
    hours_a_year: Mapping[Category, int]
    caps: tuple[CpdCap, ...]


@dataclass(frozen=True, kw_only=True)
class FeeRate:
    """The fee of some ranks in some categories."""

    categories: tuple[Category, ...]
    #: Compared without regard to case and vowel signs.
    ranks: tuple[str, ...]
    minor_units_a_year: int


@dataclass(frozen=True, kw_only=True)
class FeePolicy:
    """What a renewal costs."""

    currency: Literal["SAR"]
    rates: tuple[FeeRate, ...]


@dataclass(frozen=True, kw_only=True)
class LateFinePolicy:
    """What renewing after the grace costs besides; there is no default amount."""

    formula: Literal["unset", "fixed", "each_started_month"]
    #: Present exactly where there is a formula.
    minor_units: int | None = field(metadata=_AT_LEAST_ONE)


@dataclass(frozen=True, kw_only=True)
class RenewalPolicy:
    """When, for how long and on what conditions a card is renewed."""

    years: int = field(metadata=_YEARS)
    #: Years for short hours, and above the age.
    reduced_years: int = field(metadata=_YEARS)
    #: Full Gregorian years; who is older gets the reduced years.
    reduced_above_age_years: int
    #: The calendar in which the years of a period are counted.
    calendar: Literal["gregorian", "hijri"]
    opens_before_expiry_days: int
    #: Days after expiry without a fine.
    grace_days: int
    #: Days after expiry beyond which it is a new registration.
    latest_after_expiry_days: int
    #: Where the new period of a card that had expired begins.
    late_begins: Literal["activation", "old_expiry"]
    clean_passes_without_officer: bool
    #: Different officers who must approve a renewal that needs one.
    approvals: int = field(metadata=_AT_LEAST_ONE)
    cpd: CpdPolicy
    fees: FeePolicy
    late_fine: LateFinePolicy
    documents: Mapping[Category, tuple[RenewalDocument, ...]]


@dataclass(frozen=True, kw_only=True)
class PaymentPolicy:
    """Whether a renewal is paid before it comes into force."""

    required_before_activation: bool
    #: Calendar days after which an unpaid request expires.
    due_days: int = field(metadata=_AT_LEAST_ONE)
    #: How a bill is paid, in words of the authority; empty where nothing is to be paid here.
    how_to_pay_ar: str
    how_to_pay_en: str


def check_payment_agreement(payment: PaymentPolicy, reader: PolicyReader) -> None:
    """Note where people would be asked to pay, and not told how."""
    for name in ("how_to_pay_ar", "how_to_pay_en"):
        if payment.required_before_activation and not getattr(payment, name).strip():
            reader.refuse(f"payment.{name}", "must say how to pay, as payment is required")


def check_renewal_agreement(renewal: RenewalPolicy, reader: PolicyReader) -> None:
    """Note keys that contradict each other."""
    _check_period(renewal, reader)
    if renewal.cpd.hours_a_year[Category.EXEMPT]:
        reader.refuse("renewal.cpd.hours_a_year.exempt", "must be 0: who is exempt needs none")
    fine = renewal.late_fine
    if (fine.formula == "unset") != (fine.minor_units is None):
        reader.refuse(
            "renewal.late_fine.minor_units",
            "is required with a formula and not allowed without one",
        )
    _check_rates(renewal.fees.rates, reader)


def _check_period(renewal: RenewalPolicy, reader: PolicyReader) -> None:
    shortest = renewal.reduced_years * _DAYS_IN_A_YEAR
    if renewal.reduced_years > renewal.years:
        reader.refuse("renewal.reduced_years", "must not be above years")
    if renewal.latest_after_expiry_days < renewal.grace_days:
        reader.refuse("renewal.latest_after_expiry_days", "must not be below grace_days")
    # Else a card just renewed could be renewed again at once.
    if renewal.opens_before_expiry_days >= shortest:
        reader.refuse("renewal.opens_before_expiry_days", "must be below the shortest new period")
    late = renewal.latest_after_expiry_days + renewal.opens_before_expiry_days
    if renewal.late_begins == "old_expiry" and late >= shortest:
        reader.refuse(
            "renewal.late_begins",
            'may be "old_expiry" only where a late renewal still ends beyond the next opening',
        )


def _check_rates(rates: tuple[FeeRate, ...], reader: PolicyReader) -> None:
    seen: set[tuple[Category, str]] = set()
    for index, rate in enumerate(rates):
        pairs = {(category, folded(rank)) for category in rate.categories for rank in rate.ranks}
        if pairs & seen:
            reader.refuse(f"renewal.fees.rates[{index}].ranks", "a rank has its fee already above")
        seen |= pairs
