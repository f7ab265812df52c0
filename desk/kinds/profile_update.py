"""What is particular to a profile update: its shape, its rules, what it brings into force."""

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from desk.documents.on_hand import documents_on_hand
from desk.kinds.activities import cpd_entries_of, experience_of, with_plain_hours
from desk.kinds.applicant import Applicant
from desk.kinds.in_force import InForce
from desk.kinds.of_practitioners import KindForPractitioners
from desk.kinds.shown_changes import ShownChange, field_change
from desk.policy import current_policy
from models.cpd_ledger import add_activities
from models.identity_claims import doubts_about_identity, lock_identity
from models.practitioners import Practitioner, ProfileVersion, get_practitioner
from models.requests import Request
from models.undoing import LAST_UNDONE, undone_since, with_versions
from rules.findings.doubts import CONTACT_DISPUTED, Doubt
from rules.findings.problems import Problem, Problems, problem
from rules.policy.policy import Policy
from rules.policy.terms import Terms, document_terms
from rules.profile_update.normalised import NormalisedUpdate
from rules.profile_update.proposed import proposed_update
from rules.profile_update.submission import ProfileUpdateSubmission
from rules.profile_update.validation import validate_profile_update
from rules.register.fields import Field, Group
from rules.register.official_record import OfficialRecord, needs_official_record
from rules.register.profile import ProfileOnFile
from rules.requests.checked import Checked
from rules.requests.correctable import Correctable
from rules.requests.documents import (
    DocumentOnRequest,
    PlacedDocument,
    check_documents,
    needed_for_update,
    uploads_named,
)
from rules.requests.frame import Framed
from rules.requests.proposed import Proposed
from rules.requests.review import ReviewNeed, review_needed
from rules.requests.statuses import Kind, Status
from rules.values.dates import is_typed_in_hijri, riyadh_day
from rules.values.money import Money

#: A request in one of these comes into force unless somebody stops it.
_APPROVED_AND_OPEN = frozenset({Status.APPROVED, Status.AWAITING_ACTIVATION})


class ProfileUpdateKind(KindForPractitioners[ProfileUpdateSubmission]):
    """The kind of request that changes what is on file about a practitioner."""

    def read(self, submission: Mapping[str, Any] | Framed) -> ProfileUpdateSubmission:
        """As `KindOfRequest.read`; in JSON, hours may be a text with any digits."""
        if isinstance(submission, Mapping):
            submission = {**submission, **with_plain_hours(submission)}
        return super().read(submission)

    async def ask_ahead(self, session: AsyncSession, practitioner_ids: Collection[UUID]) -> None:
        """When a change of theirs was taken back last."""
        await LAST_UNDONE.ask_ahead(session, practitioner_ids)

    async def check(
        self,
        session: AsyncSession,
        submission: ProfileUpdateSubmission,
        applicant: Applicant,
        *,
        today: date,
        policy: Policy,
        request: Request | None,
        now: datetime,
    ) -> Checked:
        """All problems at once, or what the request would bring into force; see `KindOfRequest`."""
        practitioner = await get_practitioner(session, applicant.practitioner_id)
        on_file = practitioner.on_file()
        on_hand = await documents_on_hand(
            session, submission.documents, practitioner.id, request=request, policy=policy, now=now
        )
        validation = validate_profile_update(
            submission, on_file, today=today, policy=policy, on_hand=on_hand
        )
        update = validation.normalised
        number = update.changes.get(Field.IDENTITY_NUMBER)
        doubts = await doubts_about_identity(session, number, practitioner) if number else ()
        checked = Checked(
            problems=validation.problems,
            normalised=update.to_json(),
            review=review_needed(
                update.changes,
                has_certificates=bool(update.certificates),
                has_experience=bool(update.experience),
                doubts=update.warnings,
                policy=policy,
            ),
            identity=(
                on_file.with_changes(update.changes)
                if needs_official_record(update.changes)
                else None
            ),
            uploads=uploads_named(update.documents),
            born_in_hijri=Field.BIRTH_DATE in update.changes
            and is_typed_in_hijri(str(submission.changes.birth_date)),
            new_email=update.changes.get(Field.EMAIL),
        )
        disputed = await _disputed(session, practitioner, update, today=today, policy=policy)
        return checked.with_doubts((*doubts, *disputed), policy)

    async def changed_since_review(
        self,
        session: AsyncSession,
        request: Request,
        *,
        policy: Policy,  # noqa: ARG002 - another kind looks at it
        now: datetime,  # noqa: ARG002 - the same
    ) -> Checked | None:
        """A problem where another practitioner has the identity number, or was approved for it.

        Else None: only the request itself can change what it brings. Two requests that ask for one
        number are approved one after the other, so the second is refused.
        """
        number = _wanted_number(request)
        if number is None:
            return None
        await lock_identity(session, number)
        practitioner = await get_practitioner(session, request.practitioner_id)
        doubts = await doubts_about_identity(
            session, number, practitioner, statuses=_APPROVED_AND_OPEN
        )
        problems = [problem(doubt.code, doubt.field) for doubt in doubts]
        if not problems:
            return None
        return Checked(
            problems=tuple(problems),
            normalised=request.normalised,
            review=ReviewNeed(request.approvals_needed, ()),
            identity=None,
        )

    def wants_alone(self, request: Request) -> str | None:
        """Its new identity number."""
        return _wanted_number(request)

    def documents(self, request: Request) -> tuple[DocumentOnRequest, ...]:
        """Those that show its changes."""
        return NormalisedUpdate.from_json(request.normalised).documents

    async def check_documents(
        self,
        session: AsyncSession,
        request: Request,
        documents: Sequence[PlacedDocument],
        *,
        policy: Policy,
    ) -> tuple[Problem, ...]:
        """As its changes ask for them; see `KindOfRequest`."""
        update = NormalisedUpdate.from_json(request.normalised)
        on_file = await self.on_file(session, request)
        problems = Problems()
        check_documents(
            documents,
            offered=[document.kind for _, document in documents],
            changed=update.changed_groups,
            profile=on_file.with_changes(update.changes),
            today=riyadh_day(request.submitted_at),
            policy=policy.documents,
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
        """The documents that its changes need; see `KindOfRequest`."""
        practitioner = await get_practitioner(session, request.practitioner_id)
        update = NormalisedUpdate.from_json(normalised)
        changed = practitioner.on_file().with_changes(update.changes)
        needed = needed_for_update(update.changed_groups, changed, today, policy.documents)
        return document_terms(needed)

    def amount_due(self, _request: Request) -> Money | None:
        """Nothing."""
        return Money(0, current_policy().renewal.fees.currency)

    async def proposed(
        self, session: AsyncSession, request: Request, normalised: Mapping[str, Any]
    ) -> Proposed:
        """The changes and additions, beside the official record that they were compared with."""
        stored = request.official_record
        official = OfficialRecord.from_json(stored) if stored else None
        update = NormalisedUpdate.from_json(normalised)
        return proposed_update(update, await self.on_file(session, request), official)

    def changed_fields(self, request: Request) -> tuple[Field, ...]:
        """The fields that the request changes."""
        return tuple(NormalisedUpdate.from_json(request.normalised).changes)

    def correctable(self, request: Request) -> frozenset[Correctable]:
        """The fields that the request changes, the lists that it adds to, and its documents."""
        update = NormalisedUpdate.from_json(request.normalised)
        lists = {"certificates": update.certificates, "experience": update.experience}
        touched = [*update.changes, *(name for name, added in lists.items() if added), "documents"]
        return frozenset(map(Correctable, touched))

    async def shown_changes(
        self, session: AsyncSession, request: Request
    ) -> tuple[ShownChange, ...]:
        """Each field from what to what, and how many entries it adds."""
        practitioner = await get_practitioner(session, request.practitioner_id)
        return lines_of(NormalisedUpdate.from_json(request.normalised), practitioner.on_file())

    def wanted_email(self, request: Request, applicant: Applicant) -> str:
        """The e-mail address that the activation link goes to: the new one where it changes."""
        changes = NormalisedUpdate.from_json(request.normalised).changes
        return changes.get(Field.EMAIL, applicant.email)

    async def hindrance(self, session: AsyncSession, request: Request) -> str | None:
        """That another practitioner has got the identity number since the approval; else None."""
        practitioner = await get_practitioner(session, request.practitioner_id, lock=True)
        number = _wanted_number(request)
        if number is None:
            return None
        await lock_identity(session, number)
        doubts = await doubts_about_identity(session, number, practitioner, statuses=())
        return doubts[0].code if doubts else None

    async def bring_into_force(
        self, session: AsyncSession, request: Request, *, now: datetime
    ) -> InForce:
        """The practitioner's row, its history, the CPD hours and the experience, together."""
        practitioner = await get_practitioner(session, request.practitioner_id)
        update = NormalisedUpdate.from_json(request.normalised)
        changes = {
            field.value: {"from": practitioner.on_file().value(field), "to": value}
            for field, value in update.changes.items()
        }
        changed = practitioner.on_file().with_changes(update.changes)
        for field in update.changes:
            setattr(practitioner, field.value, getattr(changed, field.value))
        practitioner.preferred_language = (
            update.preferred_language or practitioner.preferred_language
        )
        practitioner.version += 1
        practitioner.confirmed_at = now
        session.add(
            ProfileVersion(
                practitioner_id=practitioner.id,
                version=practitioner.version,
                request_id=request.id,
                changed_by="applicant",
                changed_at=now,
                changes=changes,
            )
        )
        session.add_all(experience_of(update, practitioner, request))
        added = await add_activities(session, cpd_entries_of(update, practitioner, request, now))
        return InForce(cpd_hours_added=sum(added, Decimal(0)))

    async def in_force(self, session: AsyncSession, requests: Collection[Request]) -> set[UUID]:
        """Those whose version is in their practitioner's history."""
        return await with_versions(session, [request.id for request in requests])


PROFILE_UPDATE = ProfileUpdateKind(Kind.PROFILE_UPDATE, ProfileUpdateSubmission)


def lines_of(update: NormalisedUpdate, on_file: ProfileOnFile) -> tuple[ShownChange, ...]:
    """What the activation page shows of an update.

    Where the e-mail address changes, the link is in a mailbox that nobody has proved to be the
    practitioner's: then it shows what is to come and nothing of what is on file.
    """
    strange = Field.EMAIL in update.changes
    lines = [
        field_change(field, "" if strange else on_file.value(field), value)
        for field, value in update.changes.items()
    ]
    counts = (("certificates", update.certificates), ("experience", update.experience))
    lines += [ShownChange(name, added=len(entries)) for name, entries in counts if entries]
    return tuple(lines)


def _wanted_number(request: Request) -> str | None:
    return NormalisedUpdate.from_json(request.normalised).changes.get(Field.IDENTITY_NUMBER)


async def _disputed(
    session: AsyncSession,
    practitioner: Practitioner,
    update: NormalisedUpdate,
    *,
    today: date,
    policy: Policy,
) -> tuple[Doubt, ...]:
    """A doubt where it changes contact details and some were taken back not long ago."""
    fields = [field for field in update.changes if field.group is Group.CONTACT]
    if not fields:
        return ()
    days = timedelta(days=policy.activation.disputed_contact_days)
    since = datetime.combine(today - days, time(), UTC)
    found = await undone_since(session, practitioner.id, since)
    return (Doubt(CONTACT_DISPUTED, fields[0]),) if found else ()
