"""Validating a card renewal: all problems at once, and what the rules made of it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from rules.card_renewal.cpd import hours_counted, hours_needed
from rules.card_renewal.fees import late_fine
from rules.card_renewal.new_period import years_granted
from rules.card_renewal.plan import RenewalPlan
from rules.card_renewal.review import renewal_review
from rules.card_renewal.submission import CardRenewalSubmission
from rules.card_renewal.window import Window, WindowState, renewal_window
from rules.documents.on_hand import NO_DOCUMENTS, DocumentsOnHand
from rules.findings.doubts import Doubt
from rules.findings.problems import Problem, Problems
from rules.policy.policy import Policy
from rules.register.card import CardOnFile, CardStatus, LedgerEntry
from rules.requests.card_fee import card_fee
from rules.requests.document_doubts import document_doubts
from rules.requests.documents import PlacedDocument, check_renewal_documents
from rules.requests.entries import EntryReader
from rules.requests.frame import check_frame_by_number
from rules.requests.review import ReviewNeed
from rules.values.document_kind import DocumentKind
from rules.values.text import folded

_CARD = "registration_number"


@dataclass(frozen=True, kw_only=True)
class RenewalValidation:
    """What the rules say of a renewal.

    ``plan`` and ``review`` may go further only where ``is_valid``: with problems they hold what
    could be read beside them.
    """

    problems: tuple[Problem, ...]
    #: Doubts that policy lets pass, for an officer to look at.
    warnings: tuple[Doubt, ...]
    plan: RenewalPlan
    review: ReviewNeed

    @property
    def is_valid(self) -> bool:
        """Whether nothing has to be corrected."""
        return not self.problems


def validate_card_renewal(
    submission: CardRenewalSubmission,
    card: CardOnFile,
    ledger: Sequence[LedgerEntry],
    *,
    today: date,
    policy: Policy,
    is_accepted: bool = False,
    on_hand: DocumentsOnHand = NO_DOCUMENTS,
) -> RenewalValidation:
    """Judge the renewal against the card in force and the rules, on the day it was submitted.

    Finds every problem at once and raises nothing for what a person typed. The same arguments give
    the same answer: judge again where the card was extended since. ``today`` is the day in Riyadh;
    ``card.has_open_renewal`` is about renewals other than this one. One that ``is_accepted`` came
    in its window: where it would be too early by now, the authority has extended the card since,
    and that takes nothing from its holder.
    """
    problems = Problems()
    check_frame_by_number(submission, card.registration_number, policy, problems)
    window = renewal_window(card, today, policy)
    _check_card(card, problems)
    _check_window(window, today, problems, is_accepted=is_accepted)
    entries = EntryReader(today=today, policy=policy, problems=problems, on_hand=on_hand)
    placed_documents = entries.documents(submission.documents)
    check_renewal_documents(
        placed_documents,
        offered=[document.kind for document in submission.documents],
        card=card,
        today=today,
        policy=policy,
        problems=problems,
    )
    warnings = (
        *_warnings(placed_documents, card),
        *document_doubts(placed_documents, on_hand),
    )
    plan = _plan(submission, card, ledger, placed_documents, warnings, window, today, policy)
    if not plan.years:
        problems.add("hours_short", _CARD)
    return RenewalValidation(
        problems=tuple(problems.found),
        warnings=warnings,
        plan=plan,
        review=renewal_review(plan, warnings, policy),
    )


def _check_card(card: CardOnFile, problems: Problems) -> None:
    if card.status is CardStatus.SUSPENDED:
        problems.add("card_suspended", _CARD)
    if card.status is CardStatus.REVOKED:
        problems.add("card_revoked", _CARD)
    if card.has_open_renewal:
        problems.add("request_already_open", _CARD)


def _check_window(window: Window, today: date, problems: Problems, *, is_accepted: bool) -> None:
    if window.state is WindowState.TOO_EARLY and not is_accepted:
        problems.add("renewal_too_early", _CARD, days=(window.opens_on - today).days)
    if window.state is WindowState.TOO_LATE:
        limit = (window.last_day - window.expires_on).days
        problems.add("renewal_too_late", _CARD, days=limit)


def _warnings(documents: Collection[PlacedDocument], card: CardOnFile) -> tuple[Doubt, ...]:
    letters = [
        (place, document)
        for place, document in documents
        if document.kind is DocumentKind.EMPLOYER_LETTER
    ]
    if not letters or any(folded(one.issuer) == folded(card.employer) for _, one in letters):
        return ()
    return (Doubt("employer_letter_of_another", f"{letters[0][0]}.issuer"),)


def _plan(
    submission: CardRenewalSubmission,
    card: CardOnFile,
    ledger: Sequence[LedgerEntry],
    documents: Collection[PlacedDocument],
    warnings: tuple[Doubt, ...],
    window: Window,
    today: date,
    policy: Policy,
) -> RenewalPlan:
    needed = hours_needed(card, policy).hours
    counted = hours_counted(ledger, card, policy)
    years = years_granted(card, today, counted < needed, policy) or 0
    fee = card_fee(card.rank, years, policy, category=card.category) if years else None
    return RenewalPlan(
        registration_number=card.registration_number,
        years=years,
        old_expires_on=card.expires_on,
        hours_needed=needed,
        hours_counted=counted,
        hours_short=counted < needed,
        fee=fee,
        fine=late_fine(window, today, policy),
        late=today > card.expires_on,
        documents=tuple(document for _, document in documents),
        preferred_language=submission.preferred_language,
        warnings=warnings,
    )
