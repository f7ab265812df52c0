"""The letters a request causes: each is queued in the transaction that causes it."""

from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from desk.clock import last_day
from desk.kinds.applicant import Applicant
from desk.kinds.in_force import InForce
from desk.policy import current_policy
from mail.facts import request_letters
from mail.facts.letter import letter_name
from mail.facts.request_letters import CardValidity, Correction, RequestFacts
from mail.facts.stored import facts_to_json
from mail.wording.languages import Language
from models.letters import Letter, letter_key, new_letter, queue_letters
from models.links import ActivationLink
from models.payments import Bill
from models.requests import Request
from rules.register.fields import Field
from rules.requests.card_period import Period
from rules.requests.review import RejectionReason
from rules.requests.statuses import ActorKind, Kind, Status
from rules.values.dates import riyadh_day
from rules.values.money import Money
from rules.values.registration_number import shown_registration_number

#: Stands where a link's secret address will: the token is minted when the letter is composed.
_NOT_MINTED = "https://not-minted.invalid/"


def received(request: Request, applicant: Applicant, *, now: datetime) -> Letter:
    """The letter that says that the request has reached us; the caller keeps it."""
    facts = request_letters.Received(**_common(request, applicant), submitted_on=riyadh_day(now))
    return _letter(request, facts, applicant.email, now=now)


def returned(request: Request, applicant: Applicant, *, note: str | None, now: datetime) -> Letter:
    """What to correct, and until when: as the request's row says."""
    facts = request_letters.Returned(
        **_common(request, applicant),
        corrections=tuple(
            Correction(
                field=found["field"],
                sentence_ar=found["sentence_ar"],
                sentence_en=found["sentence_en"],
            )
            for found in request.corrections
        ),
        note=note,
        due_on=_last_day(request),
    )
    return _letter(request, facts, applicant.email, request.round, now=now)


def rejected(
    request: Request,
    applicant: Applicant,
    reason: RejectionReason,
    *,
    note: str | None,
    now: datetime,
) -> Letter:
    """The letter that says that an officer said no, and why; the caller queues it."""
    facts = request_letters.Rejected(
        **_common(request, applicant),
        reason_ar=reason.sentence.ar,
        reason_en=reason.sentence.en,
        note=note,
    )
    return _letter(request, facts, applicant.email, now=now)


def payment_due(request: Request, applicant: Applicant, bill: Bill, *, now: datetime) -> Letter:
    """The letter that says what to pay, how, and until when: as bill, policy and row say.

    The caller queues it.
    """
    payment = current_policy().payment
    facts = request_letters.PaymentDue(
        **_common(request, applicant),
        reference_number=str(request.reference_number),
        bill_number=bill.number,
        amount=Money(bill.amount_minor, bill.currency),
        due_on=_last_day(request),
        how_to_pay_ar=payment.how_to_pay_ar,
        how_to_pay_en=payment.how_to_pay_en,
    )
    return _letter(request, facts, applicant.email, now=now)


def activation(
    request: Request,
    applicant: Applicant,
    link: ActivationLink,
    *,
    changed: tuple[Field, ...],
    email: str,
    now: datetime,
    is_reminder: bool = False,
) -> Letter:
    """The letter with the activation link, to the address that the request wants.

    The caller queues it.
    """
    facts = request_letters.Activation(
        **_common(request, applicant),
        reference_number=str(request.reference_number),
        activation_url=_NOT_MINTED,
        expires_at=link.expires_at,
        changed_fields=tuple(field.label for field in changed),
        is_reminder=is_reminder,
    )
    return _letter(request, facts, email, link.serial, now=now, link_id=link.id)


def old_address_notice(
    request: Request, applicant: Applicant, link: ActivationLink, *, now: datetime
) -> Letter:
    """Tell the address on file that another one is to replace it, with a link that stops it.

    The caller queues it.
    """
    facts = request_letters.OldAddressNotice(
        **_common(request, applicant),
        reference_number=str(request.reference_number),
        stop_url=_NOT_MINTED,
        expires_at=link.expires_at,
        can_be_undone=current_policy().activation.undo_email_change_days > 0,
    )
    return _letter(request, facts, applicant.email, now=now, link_id=link.id)


async def queue_activated(
    session: AsyncSession,
    request: Request,
    applicant: Applicant,
    *,
    changed: tuple[Field, ...],
    in_force: InForce,
    now: datetime,
) -> None:
    """The changes are in force; goes to the address that is in force now."""
    facts = request_letters.Activated(
        **_common(request, applicant),
        reference_number=str(request.reference_number),
        activated_on=riyadh_day(now),
        changed_fields=tuple(field.label for field in changed),
        cpd_hours_added=in_force.cpd_hours_added,
        card_validity=_validity(in_force.period),
        registration_number=_shown(in_force.registration_number),
    )
    await _queue(session, request, facts, applicant.email, now=now)


_WITHDRAWN_BY: dict[ActorKind, Literal["applicant", "operations", "stop_link"]] = {
    ActorKind.APPLICANT: "applicant",
    ActorKind.OPERATIONS: "operations",
    ActorKind.OLD_ADDRESS: "stop_link",
}


async def queue_withdrawn(
    session: AsyncSession,
    request: Request,
    applicant: Applicant,
    *,
    by: ActorKind,
    now: datetime,
) -> None:
    """The request was taken back, and by whom."""
    facts = request_letters.Withdrawn(
        **_common(request, applicant),
        withdrawn_by=_WITHDRAWN_BY[by],
        withdrawn_on=riyadh_day(now),
    )
    await _queue(session, request, facts, applicant.email, now=now)


async def queue_link_expired(
    session: AsyncSession,
    request: Request,
    applicant: Applicant,
    link: ActivationLink,
    *,
    email: str,
    now: datetime,
) -> None:
    """The link expired unused; its own page offers a new one."""
    facts = request_letters.LinkExpired(
        **_common(request, applicant),
        reference_number=str(request.reference_number),
        new_link_url=_NOT_MINTED,
        close_on=_last_day(request),
    )
    await _queue(session, request, facts, email, link.serial, now=now, link_id=link.id)


async def queue_undone(
    session: AsyncSession,
    request: Request,
    applicant: Applicant,
    *,
    changed: tuple[Field, ...],
    emails: frozenset[str],
    now: datetime,
) -> None:
    """Contact details were taken back: to the address that is restored, and the disputed one."""
    facts = request_letters.Undone(
        **_common(request, applicant),
        reference_number=str(request.reference_number),
        undone_on=riyadh_day(now),
        changed_fields=tuple(field.label for field in changed),
    )
    for number, email in enumerate(sorted(emails)):
        await _queue(session, request, facts, email, number, now=now)


_EXPIRED_WHILE: dict[Status, Literal["not_corrected", "not_paid", "not_activated"]] = {
    Status.RETURNED: "not_corrected",
    Status.AWAITING_PAYMENT: "not_paid",
    Status.AWAITING_ACTIVATION: "not_activated",
}


async def queue_expired(
    session: AsyncSession, request: Request, applicant: Applicant, *, now: datetime
) -> None:
    """The request closed by itself: the caller has not moved it yet."""
    facts = request_letters.Expired(
        **_common(request, applicant),
        reason=_EXPIRED_WHILE[Status(request.status)],
        expired_on=riyadh_day(now),
    )
    await _queue(session, request, facts, applicant.email, now=now)


def _common(request: Request, applicant: Applicant) -> dict[str, Any]:
    return {
        "applicant_name_ar": applicant.name_ar,
        "applicant_name_en": applicant.name_en,
        "language": Language(request.language),
        "kind": Kind(request.kind),
        "tracking_code": request.tracking_code,
    }


def _validity(period: Period | None) -> CardValidity | None:
    if period is None:
        return None
    return CardValidity(valid_from=period.valid_from, valid_until=period.expires_on)


def _shown(number: str | None) -> str | None:
    """The registration number as the card prints it."""
    if number is None:
        return None
    return shown_registration_number(number, pattern=current_policy().registration_number.pattern)


def _last_day(request: Request) -> date:
    """The last day on which a request that closes can still be acted on."""
    if request.closes_at is None:
        raise RuntimeError("the request does not close")
    return last_day(request.closes_at)


async def _queue(
    session: AsyncSession,
    request: Request,
    facts: RequestFacts,
    email: str,
    *distinction: object,
    now: datetime,
    link_id: UUID | None = None,
) -> None:
    owed = _letter(request, facts, email, *distinction, now=now, link_id=link_id)
    await queue_letters(session, [owed])


def _letter(
    request: Request,
    facts: RequestFacts,
    email: str,
    *distinction: object,
    now: datetime,
    link_id: UUID | None = None,
) -> Letter:
    letter = letter_name(type(facts))
    return new_letter(
        key=letter_key(request.id, letter, *distinction),
        request_id=request.id,
        letter=letter,
        to_address=email,
        facts=facts_to_json(facts),
        now=now,
        link_id=link_id,
        in_bulk=request.in_bulk,
    )
