"""Continuing professional development: the hours a renewal needs, and those that count.

DOMAIN.md 1.5: hours by category [27], inside the period of the card [28], each activity once [27],
a maximum for one programme [29], yearly caps by kind [12].
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_FLOOR, Decimal

from rules.policy.policy import Policy
from rules.policy.renewals import CpdCap
from rules.register.card import CardOnFile, Category, LedgerEntry
from rules.values.calendar_years import years_after

_DAY = timedelta(days=1)
_NONE = Decimal(0)


@dataclass(frozen=True, kw_only=True)
class HoursNeeded:
    """What the card's period asks for."""

    hours: Decimal
    #: Whether the category needs no hours.
    exempt: bool


def hours_needed(card: CardOnFile, policy: Policy) -> HoursNeeded:
    """The hours for the card's period: its Gregorian years, and its rest by the day.

    Rounded down to a whole hour, in favour of the practitioner. A period beyond policy's years
    asks for no more than they do: an extension by the authority waived further hours [18].
    """
    if card.category is Category.EXEMPT:
        return HoursNeeded(hours=_NONE, exempt=True)
    cpd = policy.renewal.cpd
    rate = cpd.hours_a_year[card.category]
    most = rate * cpd.hours_for_at_most_years
    eve = card.valid_from - _DAY
    years = _full_years(eve, card.expires_on)
    begun = years_after(eve, years, "gregorian")
    in_the_year = (years_after(eve, years + 1, "gregorian") - begun).days
    rest = Decimal((card.expires_on - begun).days) / in_the_year
    hours = (rate * (years + rest)).to_integral_value(ROUND_FLOOR)
    return HoursNeeded(hours=min(hours, Decimal(most)), exempt=False)


def hours_counted(entries: Iterable[LedgerEntry], card: CardOnFile, policy: Policy) -> Decimal:
    """The hours that count for the card's period, both its days included.

    An activity that is given twice counts on its first day; where that lay in an earlier period it
    does not count again. The order of the entries does not matter.
    """
    most = Decimal(policy.limits.cpd_hours_per_entry)
    inside = [
        (entry, min(entry.hours, most))
        for entry in _each_once(entries)
        if card.valid_from <= entry.completed_on <= card.expires_on
    ]
    caps = [cap for cap in policy.renewal.cpd.caps if cap.category is card.category]
    over = sum((_over(cap, inside, card) for cap in caps), _NONE)
    return sum((hours for _, hours in inside), _NONE) - over


@dataclass(frozen=True, kw_only=True)
class YearOfHours:
    """What the ledger holds of one calendar year."""

    year: int
    #: Of all activities of the year.
    recorded: Decimal
    #: Of those that lie in the card's period, before any maximum.
    in_period: Decimal


def hours_by_year(entries: Iterable[LedgerEntry], card: CardOnFile) -> tuple[YearOfHours, ...]:
    """The ledger's hours by Gregorian year, newest first; a year without an activity is left out.

    What counts for a renewal may be less than their sum: see `hours_counted`.
    """
    recorded: dict[int, Decimal] = {}
    inside: dict[int, Decimal] = {}
    for entry in entries:
        year = entry.completed_on.year
        recorded[year] = recorded.get(year, _NONE) + entry.hours
        if card.valid_from <= entry.completed_on <= card.expires_on:
            inside[year] = inside.get(year, _NONE) + entry.hours
    return tuple(
        YearOfHours(year=year, recorded=recorded[year], in_period=inside.get(year, _NONE))
        for year in sorted(recorded, reverse=True)
    )


def _each_once(entries: Iterable[LedgerEntry]) -> Collection[LedgerEntry]:
    first: dict[str, LedgerEntry] = {}
    for entry in sorted(entries, key=lambda entry: (entry.completed_on, entry.hours, entry.kind)):
        first.setdefault(entry.activity_key, entry)
    return first.values()


def _over(cap: CpdCap, inside: list[tuple[LedgerEntry, Decimal]], card: CardOnFile) -> Decimal:
    """The hours of the cap's kinds beyond it, summed over the years of the card's period."""
    by_year: dict[int, Decimal] = {}
    for entry, hours in inside:
        if entry.kind in cap.kinds:
            year = _full_years(card.valid_from, entry.completed_on)
            by_year[year] = by_year.get(year, _NONE) + hours
    return sum((max(hours - cap.hours_a_year, _NONE) for hours in by_year.values()), _NONE)


def _full_years(start: date, end: date) -> int:
    years = end.year - start.year
    return years - (end < years_after(start, years, "gregorian"))
