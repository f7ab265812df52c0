"""A first registration, from a submission to a practitioner with a card.

    validate → review gate → issue reference → ask for payment → (bill paid)
    → send activation e-mail → (link used) → in force

Deployed as ``registration/registration``; its only parameter is the request's tracking code.
"""

from collections.abc import AsyncIterable, AsyncIterator
from uuid import UUID

from prefect import flow
from prefect.client.schemas.objects import State

from desk.requests.handle import RequestHandle, hand_in, hand_in_many
from desk.requests.submitting_many import RowResult
from flows.journey import Journey
from flows.wave import WaveRun
from rules.registration.submission import NewProfile, Qualification, RegistrationSubmission
from rules.requests.row_outcomes import RowOutcome
from rules.requests.statuses import Kind
from rules.requests.submitted import Certificate, Document
from tasks.steps.activation_email import send_activation_email
from tasks.steps.in_force import confirm_in_force
from tasks.steps.payment import ask_for_payment
from tasks.steps.reference import issue_reference
from tasks.steps.validation import validate

__all__ = [
    "Certificate",
    "Document",
    "NewProfile",
    "Qualification",
    "RegistrationSubmission",
    "RequestHandle",
    "RowOutcome",
    "RowResult",
    "registration",
    "registration_wave",
    "submit",
    "submit_many",
]


async def submit(wish: RegistrationSubmission) -> RequestHandle:
    """Hand a first registration in; the same idempotency key is the same request.

    Raises `SubmissionRefused` with every problem at once, and `IdempotencyKeyReused`.
    """
    return await hand_in(Kind.REGISTRATION, wish)


def submit_many(wishes: AsyncIterable[RegistrationSubmission]) -> AsyncIterator[RowResult[int]]:
    """Hand many in, at the database's speed: a result for each, in their order, as they are kept.

    A result's mark is the place of its submission, from 0. Each is accepted as `submit` does, and
    what is wrong with one is in its result and stops no other.
    """
    return hand_in_many(Kind.REGISTRATION, wishes)


@flow(name="registration", flow_run_name="registration {tracking_code}")
async def registration(tracking_code: str) -> State:
    """Carry one registration as far as it can go now.

    A step begins where the request stands: what is done already is passed over, so the flow may be
    run again from the top at any time, and twice at once. Payment is asked for where policy wants
    it before activation.
    """
    async with Journey.of(tracking_code) as request:
        while request.is_before_approval:
            await request.step(validate)
            await request.review_gate()
            await request.correction()
        await request.step(issue_reference)
        await request.step(ask_for_payment)
        await request.payment()
        await request.step(send_activation_email)
        await request.activation()
        await request.step(confirm_in_force)
        return await request.end()


@flow(name="registration-wave", flow_run_name="registration-wave {wave}")
async def registration_wave(wave: UUID) -> State:
    """Carry many of them together, as far as each can go now: the same steps, for all at once.

    ``wave`` is the id of its row. May be run again from the top at any time, and twice at once.
    """
    async with WaveRun.of(wave) as requests:
        return await requests.carry(
            validate, issue_reference, ask_for_payment, send_activation_email, confirm_in_force
        )
