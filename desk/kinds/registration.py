"""What is particular to a first registration: its shape, its rules, what it brings into force."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from desk.documents.on_hand import documents_on_hand
from desk.kinds import others_alike, registering
from desk.kinds.activities import certificates_of, with_plain_hours
from desk.kinds.applicant import Applicant, as_applicant
from desk.kinds.in_force import InForce
from desk.kinds.kind import KindOfRequest
from desk.kinds.shown_changes import ShownChange, field_change
from desk.policy import current_policy
from models.cards import with_periods
from models.cpd_ledger import add_activities
from models.documents.uses import hand_over_uploads
from models.newcomers import find_newcomer
from models.practitioners import get_practitioner
from models.requests import Request
from rules.findings.doubts import IDENTITY_NUMBER_HELD
from rules.findings.problems import Problem, Problems, problem
from rules.policy.policy import Policy
from rules.policy.terms import Terms
from rules.register.fields import ARABIC_NAMES, ENGLISH_NAMES, Field
from rules.register.official_record import OfficialRecord
from rules.register.profile import ProfileOnFile
from rules.registration.normalised import NormalisedRegistration
from rules.registration.proposed import proposed_registration
from rules.registration.submission import RegistrationSubmission
from rules.registration.terms import registration_terms
from rules.registration.validation import registration_review, validate_registration
from rules.requests.checked import Checked
from rules.requests.correctable import Correctable
from rules.requests.documents import (
    DocumentOnRequest,
    PlacedDocument,
    check_registration_documents,
    uploads_named,
)
from rules.requests.frame import Framed
from rules.requests.proposed import Proposed
from rules.requests.review import doubts_need
from rules.requests.statuses import Kind, Status
from rules.values.dates import is_typed_in_hijri, riyadh_day
from rules.values.email_address import mailbox_of
from rules.values.money import Money

#: A request in one of these comes into force unless somebody stops it.
_APPROVED_AND_OPEN = frozenset(
    {Status.APPROVED, Status.AWAITING_PAYMENT, Status.PAID, Status.AWAITING_ACTIVATION}
)
_SHOWN = (*ARABIC_NAMES, *ENGLISH_NAMES, Field.EMPLOYER, Field.SPECIALTY, Field.RANK)


class RegistrationKind(KindOfRequest[RegistrationSubmission]):
    """The kind of request that puts somebody on the register and gives them a card.

    Whoever has been registered before, and whose card nobody can renew any more, comes back by it:
    their old record is revived, never doubled.
    """

    def read(self, submission: Mapping[str, Any] | Framed) -> RegistrationSubmission:
        """As `KindOfRequest.read`; in JSON, hours may be a text with any digits."""
        if isinstance(submission, Mapping):
            submission = {**submission, **with_plain_hours(submission)}
        return super().read(submission)

    async def applicant(
        self, session: AsyncSession, submission: RegistrationSubmission
    ) -> Applicant:
        """Somebody of whom the submission says all; what cannot be read of it is empty here.

        Who has shown that they read its mailbox may name what was sent from there.
        """
        applicant = registering.as_submitted(submission)
        found = await find_newcomer(session, mailbox_of(applicant.email))
        return applicant if found is None else replace(applicant, newcomer_id=found.id)

    async def applicant_of(self, session: AsyncSession, request: Request) -> Applicant:
        """As it was submitted, until it is in force; then as the register has them."""
        if request.practitioner_id is not None:
            return as_applicant(await get_practitioner(session, request.practitioner_id))
        return replace(
            registering.as_submitted(self.submitted(request)), newcomer_id=request.newcomer_id
        )

    async def prepare(
        self, session: AsyncSession, submissions: Collection[RegistrationSubmission]
    ) -> None:
        """Nothing: what is asked about each is another thing."""

    async def prepare_requests(self, session: AsyncSession, requests: Collection[Request]) -> None:
        """The same."""

    async def check(
        self,
        session: AsyncSession,
        submission: RegistrationSubmission,
        applicant: Applicant,
        *,
        today: date,
        policy: Policy,
        request: Request | None,
        now: datetime,
    ) -> Checked:
        """All problems at once, or what would be put on file; see `KindOfRequest`.

        Whoever else is on file is a doubt for officers and never a problem: whose numbers are
        registered is no stranger's to learn.
        """
        owner = applicant.newcomer_id if request is None else request.newcomer_id
        on_hand = await documents_on_hand(
            session, submission.documents, owner, request=request, policy=policy, now=now
        )
        found = validate_registration(submission, today=today, policy=policy, on_hand=on_hand)
        made = found.normalised
        checked = Checked(
            problems=found.problems,
            normalised=made.to_json(),
            review=found.review,
            identity=made.on_file("") if found.is_valid else None,
            uploads=uploads_named(made.documents),
            born_in_hijri=found.is_valid and is_typed_in_hijri(submission.profile.birth_date),
            new_email=made.profile.get(Field.EMAIL),
        )
        if found.problems or request is None:
            return checked
        doubts = await others_alike.others_alike(
            session, made.on_file(""), besides=request.id, on=today, policy=policy
        )
        return checked.with_doubts(doubts, policy)

    async def write_to_others(
        self, session: AsyncSession, request: Request, *, now: datetime
    ) -> None:
        """To whoever has its identity number on the register: they need not register."""
        made = NormalisedRegistration.from_json(request.normalised)
        await others_alike.lead_to_sign_in(session, made, now=now)

    async def changed_since_review(
        self,
        session: AsyncSession,
        request: Request,
        *,
        policy: Policy,
        now: datetime,  # noqa: ARG002 - another kind looks at it
    ) -> Checked | None:
        """A problem where somebody has the identity number by now, or was approved for it.

        Of two registrations of one person the second to be approved is refused. A record that can
        be revived does not stand in the way. Who came onto the register since is looked at again.
        """
        made = NormalisedRegistration.from_json(request.normalised)
        doubts, since = await others_alike.since_review(
            session, made, request, on=_day_of(request), policy=policy, statuses=_APPROVED_AND_OPEN
        )
        if not doubts and not since:
            return None
        return Checked(
            problems=tuple(problem(doubt.code, doubt.field) for doubt in doubts),
            normalised=made.to_json(),
            review=registration_review(policy) | doubts_need(made.warnings, policy),
            identity=None,
            uploads=uploads_named(made.documents),
        ).with_doubts(since, policy)

    def wants_alone(self, request: Request) -> str | None:
        """Its identity number."""
        return _on_file(request).identity_number

    def documents(self, request: Request) -> tuple[DocumentOnRequest, ...]:
        """Those that policy asks for, and what was attached besides."""
        return NormalisedRegistration.from_json(request.normalised).documents

    async def check_documents(
        self,
        session: AsyncSession,  # noqa: ARG002 - another kind looks at it
        request: Request,
        documents: Sequence[PlacedDocument],
        *,
        policy: Policy,
    ) -> tuple[Problem, ...]:
        """As policy asks for them; see `KindOfRequest`."""
        problems = Problems()
        check_registration_documents(
            documents,
            offered=[document.kind for _, document in documents],
            profile=_on_file(request),
            today=_day_of(request),
            policy=policy,
            problems=problems,
        )
        return tuple(problems.found)

    async def terms(
        self,
        session: AsyncSession,  # noqa: ARG002 - another kind looks at it
        request: Request,  # noqa: ARG002 - the same
        normalised: Mapping[str, Any],
        *,
        today: date,
        policy: Policy,
    ) -> Terms:
        """Its documents, the years of its card and its bill; see `KindOfRequest`."""
        return registration_terms(NormalisedRegistration.from_json(normalised), today, policy)

    def amount_due(self, request: Request) -> Money | None:
        """The fee of the first card."""
        return NormalisedRegistration.from_json(request.normalised).fee

    async def proposed(
        self, session: AsyncSession, request: Request, normalised: Mapping[str, Any]
    ) -> Proposed:
        """All that would be on file, beside the official record and the record from before."""
        stored = request.official_record
        official = OfficialRecord.from_json(stored) if stored else None
        made = NormalisedRegistration.from_json(normalised)
        number = made.profile[Field.IDENTITY_NUMBER]
        before = await others_alike.record_before(session, request, number, current_policy())
        return proposed_registration(made, before, official)

    def changed_fields(self, _request: Request) -> tuple[Field, ...]:
        """None: everything is new, and no e-mail lists it."""
        return ()

    def correctable(self, request: Request) -> frozenset[Correctable]:
        """All that it gives."""
        made = NormalisedRegistration.from_json(request.normalised)
        given = [*Field, "category", "qualification", "documents"]
        if made.certificates:
            given.append("certificates")
        return frozenset(map(Correctable, given))

    async def shown_changes(
        self, _session: AsyncSession, request: Request
    ) -> tuple[ShownChange, ...]:
        """Names, employer, specialty and rank, and how many certificates it adds."""
        made = NormalisedRegistration.from_json(request.normalised)
        lines = [
            field_change(field, "", value) for field in _SHOWN if (value := made.profile[field])
        ]
        if made.certificates:
            lines.append(ShownChange("certificates", added=len(made.certificates)))
        return tuple(lines)

    def wanted_email(self, _request: Request, applicant: Applicant) -> str:
        """The one that it gives."""
        return applicant.email

    async def hindrance(self, session: AsyncSession, request: Request) -> str | None:
        """That somebody else has come onto the register with the identity number; else None.

        A register that is loaded in this moment shows as the database's refusal; asked again, it is
        seen here.
        """
        number, on = _on_file(request).identity_number, _day_of(request)
        is_anothers = await others_alike.lock_number(
            session, number, on=on, policy=current_policy()
        )
        return IDENTITY_NUMBER_HELD if is_anothers else None

    async def bring_into_force(
        self, session: AsyncSession, request: Request, *, now: datetime
    ) -> InForce:
        """The practitioner with a number that nobody had, the card, the hours, the qualification.

        Who was registered before keeps row and number. From here on the request names them.
        """
        made = NormalisedRegistration.from_json(request.normalised)
        held = await others_alike.holder_of(session, made.profile[Field.IDENTITY_NUMBER], lock=True)
        practitioner = (
            await registering.newcomer(session, request, made, now=now)
            if held is None
            else registering.revived(session, request, made, held.practitioner, now=now)
        )
        request.practitioner_id = practitioner.id
        await hand_over_uploads(session, request, practitioner.id)
        old_card = held.card if held is not None else None
        registering.note_qualification(session, request, made, practitioner)
        period = await registering.card_for(session, request, made, practitioner, old_card, now=now)
        entries = certificates_of(made.certificates, practitioner, request, now)
        added = await add_activities(session, entries)
        return InForce(
            cpd_hours_added=sum(added, Decimal(0)),
            period=period,
            registration_number=practitioner.registration_number,
        )

    async def in_force(self, session: AsyncSession, requests: Collection[Request]) -> set[UUID]:
        """Those whose period is in a card's history."""
        return await with_periods(session, [request.id for request in requests])


REGISTRATION = RegistrationKind(Kind.REGISTRATION, RegistrationSubmission)


def _day_of(request: Request) -> date:
    return riyadh_day(request.submitted_at)


def _on_file(request: Request) -> ProfileOnFile:
    """The profile as it would stand, of a request that the rules have read."""
    return NormalisedRegistration.from_json(request.normalised).on_file("")
