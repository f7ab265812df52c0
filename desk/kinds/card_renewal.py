"""What is particular to a card renewal: its shape, its rules, what it brings into force."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from desk.documents.on_hand import documents_on_hand
from desk.kinds.applicant import Applicant, as_applicant
from desk.kinds.in_force import InForce
from desk.kinds.of_practitioners import KindForPractitioners
from desk.kinds.reading import SubmissionRefused
from desk.kinds.shown_changes import ShownChange
from desk.policy import current_policy
from desk.register.cards import card_on_file, has_open_renewal, ledger_of
from models.cards import CARDS, Card, CardUnknown, find_card, renew, with_periods
from models.cpd_ledger import ACTIVITIES
from models.door import PIPELINE, record
from models.open_requests import OPEN_REQUESTS
from models.payments import bill_of
from models.practitioners import Practitioner, get_practitioner
from models.requests import Request
from rules.card_renewal.new_period import new_period
from rules.card_renewal.plan import RenewalPlan
from rules.card_renewal.proposed import proposed_renewal
from rules.card_renewal.submission import CardRenewalSubmission
from rules.card_renewal.terms import renewal_terms
from rules.card_renewal.validation import RenewalValidation, validate_card_renewal
from rules.documents.on_hand import NO_DOCUMENTS, DocumentsOnHand
from rules.findings.problems import Problem, Problems, problem
from rules.policy.policy import Policy
from rules.policy.terms import Terms
from rules.register.card import CardStatus
from rules.register.fields import Field
from rules.requests.checked import Checked
from rules.requests.correctable import Correctable
from rules.requests.documents import (
    DocumentOnRequest,
    PlacedDocument,
    check_renewal_documents,
    uploads_named,
)
from rules.requests.events import EventName
from rules.requests.proposed import Proposed
from rules.requests.statuses import Kind
from rules.values.dates import riyadh_day
from rules.values.money import Money


class CardRenewalKind(KindForPractitioners[CardRenewalSubmission]):
    """The kind of request that gives a card a new period."""

    async def ask_ahead(self, session: AsyncSession, practitioner_ids: Collection[UUID]) -> None:
        """Their cards, what they learned, and whether a renewal is open."""
        await CARDS.ask_ahead(session, practitioner_ids)
        await ACTIVITIES.ask_ahead(session, practitioner_ids)
        await OPEN_REQUESTS.ask_ahead(session, [(each, self.kind) for each in practitioner_ids])

    async def check(
        self,
        session: AsyncSession,
        submission: CardRenewalSubmission,
        applicant: Applicant,
        *,
        today: date,
        policy: Policy,
        request: Request | None,
        now: datetime,
    ) -> Checked:
        """All problems at once, or the plan of the renewal; see `KindOfRequest`.

        Raises `SubmissionRefused` where there is no card to judge by.
        """
        practitioner = await get_practitioner(session, applicant.practitioner_id)
        try:
            card = await find_card(session, practitioner.id)
        except CardUnknown:
            raise SubmissionRefused([problem("card_unknown", "registration_number")]) from None
        open_ = await has_open_renewal(
            session, practitioner.id, besides=request.id if request else None
        )
        on_hand = await documents_on_hand(
            session, submission.documents, practitioner.id, request=request, policy=policy, now=now
        )
        found = await _validated(
            session,
            submission,
            practitioner,
            card,
            today,
            policy,
            has_open_renewal=open_,
            is_accepted=request is not None,
            on_hand=on_hand,
        )
        return Checked(
            problems=found.problems,
            normalised=found.plan.to_json(),
            review=found.review,
            identity=None,
            uploads=uploads_named(found.plan.documents),
        )

    async def changed_since_review(
        self, session: AsyncSession, request: Request, *, policy: Policy, now: datetime
    ) -> Checked | None:
        """The renewal computed afresh, where it is not what the officers were shown any more.

        From here to the end of the caller's transaction nobody moves the card.
        """
        practitioner = await get_practitioner(session, request.practitioner_id)
        await find_card(session, practitioner.id, lock=True)
        fresh = await self.check(
            session,
            self.submitted(request),
            as_applicant(practitioner),
            today=riyadh_day(request.submitted_at),
            policy=policy,
            request=request,
            now=now,
        )
        reviewed, again = map(RenewalPlan.from_json, (request.normalised, fresh.normalised))
        if not fresh.problems and again.promise == reviewed.promise:
            return None
        return fresh

    def wants_alone(self, _request: Request) -> str | None:
        """Nothing: one renewal of a card is open at a time."""
        return None

    def documents(self, request: Request) -> tuple[DocumentOnRequest, ...]:
        """Those that its card's category asks for."""
        return RenewalPlan.from_json(request.normalised).documents

    async def check_documents(
        self,
        session: AsyncSession,
        request: Request,
        documents: Sequence[PlacedDocument],
        *,
        policy: Policy,
    ) -> tuple[Problem, ...]:
        """As the card asks for them; see `KindOfRequest`."""
        practitioner = await get_practitioner(session, request.practitioner_id)
        card = await find_card(session, practitioner.id)
        problems = Problems()
        check_renewal_documents(
            documents,
            offered=[document.kind for _, document in documents],
            card=card_on_file(card, practitioner, has_open_renewal=False),
            today=riyadh_day(request.submitted_at),
            policy=policy,
            problems=problems,
        )
        return tuple(problems.found)

    async def terms(
        self,
        session: AsyncSession,
        request: Request,
        normalised: Mapping[str, Any],
        *,
        today: date,
        policy: Policy,
    ) -> Terms:
        """Its documents, its years and its bill; see `KindOfRequest`."""
        practitioner = await get_practitioner(session, request.practitioner_id)
        card = await find_card(session, practitioner.id)
        on_file = card_on_file(card, practitioner, has_open_renewal=False)
        return renewal_terms(RenewalPlan.from_json(normalised), on_file, today, policy)

    def amount_due(self, request: Request) -> Money | None:
        """Fee and fine together; None where one of them is set by the authority."""
        return RenewalPlan.from_json(request.normalised).amount_due

    async def proposed(
        self, _session: AsyncSession, _request: Request, normalised: Mapping[str, Any]
    ) -> Proposed:
        """The plan of the renewal."""
        return proposed_renewal(RenewalPlan.from_json(normalised))

    def changed_fields(self, _request: Request) -> tuple[Field, ...]:
        """None: a renewal leaves the data on file as they are."""
        return ()

    def correctable(self, _request: Request) -> frozenset[Correctable]:
        """Its documents: a renewal changes no field."""
        return frozenset({Correctable("documents")})

    async def shown_changes(
        self, _session: AsyncSession, request: Request
    ) -> tuple[ShownChange, ...]:
        """Until when the card is valid now, and the years that it gets."""
        plan = RenewalPlan.from_json(request.normalised)
        return (ShownChange("card", day=plan.old_expires_on, added=plan.years),)

    def wanted_email(self, _request: Request, applicant: Applicant) -> str:
        """The e-mail address on file."""
        return applicant.email

    async def hindrance(self, session: AsyncSession, request: Request) -> str | None:
        """Why the card may not be renewed any more, as a code of `rules.findings.catalogue`."""
        practitioner = await get_practitioner(session, request.practitioner_id, lock=True)
        card = await find_card(session, practitioner.id, lock=True)
        return None if card.status == CardStatus.ACTIVE else f"card_{card.status}"

    async def bring_into_force(
        self, session: AsyncSession, request: Request, *, now: datetime
    ) -> InForce:
        """The card's new period, beside the old one; the data in force now count.

        An expiry that was extended meanwhile is followed, never cut. Raises
        `models.cards.CardMoved` where the card moved under the caller's locks.
        """
        policy = current_policy()
        practitioner = await get_practitioner(session, request.practitioner_id)
        card = await find_card(session, practitioner.id, lock=True)
        years = await self._years(session, request, practitioner, card, policy, now=now)
        on_file = card_on_file(card, practitioner, has_open_renewal=False)
        period = new_period(
            on_file,
            submitted_on=riyadh_day(request.submitted_at),
            activated_on=riyadh_day(now),
            years=years,
            policy=policy,
        )
        await renew(
            session,
            card,
            valid_from=period.valid_from,
            expires_on=period.expires_on,
            request_id=request.id,
            now=now,
        )
        language = RenewalPlan.from_json(request.normalised).preferred_language
        practitioner.preferred_language = language or practitioner.preferred_language
        return InForce(period=period)

    async def in_force(self, session: AsyncSession, requests: Collection[Request]) -> set[UUID]:
        """Those whose period is in their card's history."""
        return await with_periods(session, [request.id for request in requests])

    async def _years(
        self,
        session: AsyncSession,
        request: Request,
        practitioner: Practitioner,
        card: Card,
        policy: Policy,
        *,
        now: datetime,
    ) -> int:
        """The years that were approved, or more where the data in force by now give more.

        The years billed are the years granted.
        """
        approved = RenewalPlan.from_json(request.normalised)
        if await bill_of(session, request.id) is not None:
            return approved.years
        today = riyadh_day(request.submitted_at)
        found = await _validated(
            session, self.submitted(request), practitioner, card, today, policy
        )
        if found.plan.years <= approved.years:
            return approved.years
        # Its documents were judged at the gate; by now their files may be destroyed.
        plan = replace(found.plan, documents=approved.documents, warnings=approved.warnings)
        request.normalised = plan.to_json()
        record(session, request, EventName.PLAN_CHANGED, by=PIPELINE, now=now)
        return found.plan.years


CARD_RENEWAL = CardRenewalKind(Kind.CARD_RENEWAL, CardRenewalSubmission)


async def _validated(
    session: AsyncSession,
    submission: CardRenewalSubmission,
    practitioner: Practitioner,
    card: Card,
    today: date,
    policy: Policy,
    *,
    has_open_renewal: bool = False,
    is_accepted: bool = True,
    on_hand: DocumentsOnHand = NO_DOCUMENTS,
) -> RenewalValidation:
    return validate_card_renewal(
        submission,
        card_on_file(card, practitioner, has_open_renewal=has_open_renewal),
        await ledger_of(session, practitioner.id),
        today=today,
        policy=policy,
        is_accepted=is_accepted,
        on_hand=on_hand,
    )
