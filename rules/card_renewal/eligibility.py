"""May this card be renewed: each rule's answer on a day, with its source.

Where each rule comes from, `rules.card_renewal.sources` says.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from rules.card_renewal.cpd import HoursNeeded, hours_counted, hours_needed
from rules.card_renewal.eligibility_sentences import LINES
from rules.card_renewal.fees import FineKind, fee_sentences, fine_sentences, late_fine
from rules.card_renewal.new_period import years_granted
from rules.card_renewal.sources import DOCUMENTS, RuleSource
from rules.card_renewal.window import RENEWABLE, Window, WindowState, renewal_window
from rules.findings.both_languages import InBoth, left_to_right
from rules.findings.problems import sentence_of
from rules.policy.policy import Policy
from rules.register.card import CardOnFile, CardStatus, LedgerEntry
from rules.requests.card_fee import card_fee
from rules.requests.documents import needed_for_renewal
from rules.values.dates import hijri
from rules.values.document_kind import DocumentKind


@dataclass(frozen=True, kw_only=True)
class EligibilityLine:
    """One rule's answer for one card on one day."""

    rule: str
    #: Whether nothing stands in the way or is left to do as far as this rule goes.
    holds: bool
    sentence: InBoth
    source: RuleSource
    #: Whether the card cannot be renewed while the rule does not hold.
    is_condition: bool
    #: For pages, which write days as people read them: the sentence with ``{day}``, and the day.
    words: InBoth
    day: date | None = None


def eligibility(
    card: CardOnFile, ledger: Sequence[LedgerEntry], *, on: date, policy: Policy
) -> tuple[EligibilityLine, ...]:
    """Every rule's answer on a day (Riyadh).

    May the card be renewed, from and until when, what is missing, what it costs. Agrees with
    `rules.card_renewal.validation.validate_card_renewal` on that day. Changes nothing; the same
    arguments give the same answer. The documents that a renewal needs are each a line that does not
    hold, because nothing is attached yet. Raises `rules.findings.problems.ValueRefused` for days
    that have no Hijri date (after 2077-11-16).
    """
    window = renewal_window(card, on, policy)
    needed, counted = hours_needed(card, policy), hours_counted(ledger, card, policy)
    years = years_granted(card, on, counted < needed.hours, policy)
    return (
        _card_status(card),
        _no_open_renewal(card),
        _window(window),
        _line(
            "penalty_free",
            "penalty_free_until",
            holds=on <= window.penalty_free_until,
            day=window.penalty_free_until,
        ),
        _line("last_day", "last_day", holds=on <= window.last_day, day=window.last_day),
        _hours(needed, counted, policy),
        *_documents(needed_for_renewal(card, on, policy), policy),
        _years(years, policy),
        _fee(card, years, policy),
        _fine(window, on, policy),
    )


def may_renew(lines: Iterable[EligibilityLine]) -> bool:
    """Whether every condition holds; documents can still be attached, fees and fines be paid."""
    return all(line.holds for line in lines if line.is_condition)


def _card_status(card: CardOnFile) -> EligibilityLine:
    active = card.status is CardStatus.ACTIVE
    return _line("card_status", f"card_{card.status}", holds=active, is_condition=True)


def _no_open_renewal(card: CardOnFile) -> EligibilityLine:
    sentence = "renewal_open" if card.has_open_renewal else "no_renewal_open"
    return _line("no_open_renewal", sentence, holds=not card.has_open_renewal, is_condition=True)


def _window(window: Window) -> EligibilityLine:
    days = {
        WindowState.TOO_EARLY: window.opens_on,
        WindowState.OPEN: window.opens_on,
        WindowState.TOO_LATE: window.last_day,
    }
    return _line(
        "window",
        f"window_{window.state}",
        holds=window.state in RENEWABLE,
        is_condition=True,
        day=days.get(window.state, window.expires_on),
    )


def _hours(needed: HoursNeeded, counted: Decimal, policy: Policy) -> EligibilityLine:
    if needed.exempt:
        return _line("cpd_hours", "hours_exempt", holds=True)
    return _line(
        "cpd_hours",
        "hours",
        holds=counted >= needed.hours,
        is_condition=policy.renewal.cpd.short_hours == "refuse",
        needed=_plain(needed.hours),
        counted=_plain(counted),
    )


def _documents(kinds: Iterable[DocumentKind], policy: Policy) -> Iterable[EligibilityLine]:
    age = policy.documents.medical_report_above_age_years
    for kind in kinds:
        said = sentence_of(f"{kind}_missing", age=age)
        yield EligibilityLine(
            rule=f"document_{kind}",
            holds=False,
            sentence=said,
            words=said,
            source=DOCUMENTS[kind],
            is_condition=False,
        )


def _years(years: int | None, policy: Policy) -> EligibilityLine:
    if years is None:
        return _line("years", "years_refused", holds=False)
    return _line("years", "years", holds=years == policy.renewal.years, years=str(years))


def _fee(card: CardOnFile, years: int | None, policy: Policy) -> EligibilityLine:
    fee = card_fee(card.rank, years or policy.renewal.years, policy, category=card.category)
    said = fee_sentences(fee)
    return _line("fee", "said", holds=fee is not None, ar=said.ar, en=said.en)


def _fine(window: Window, on: date, policy: Policy) -> EligibilityLine:
    fine = late_fine(window, on, policy)
    said = fine_sentences(fine)
    return _line("fine", "said", holds=fine.kind is FineKind.NONE, ar=said.ar, en=said.en)


def _line(
    rule: str,
    sentence: str,
    *,
    holds: bool,
    is_condition: bool = False,
    day: date | None = None,
    **facts: str,
) -> EligibilityLine:
    arabic, english, source = LINES[rule, sentence]
    dates = [] if day is None else [day.isoformat(), hijri(day).isoformat()]
    in_arabic = " / ".join(map(left_to_right, dates))
    return EligibilityLine(
        rule=rule,
        holds=holds,
        sentence=InBoth(
            arabic.format(day=in_arabic, **facts),
            english.format(day=" / ".join(dates), **facts),
        ),
        source=source,
        is_condition=is_condition,
        words=InBoth(arabic.format(day="{day}", **facts), english.format(day="{day}", **facts)),
        day=day,
    )


def _plain(hours: Decimal) -> str:
    return f"{hours.normalize():f}"
