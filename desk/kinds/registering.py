"""Who registers, and what that writes: the practitioner, the history of the row, and the card."""

from datetime import datetime, timedelta
from functools import partial

from sqlmodel.ext.asyncio.session import AsyncSession

from desk.kinds.applicant import Applicant
from desk.policy import current_policy
from models.cards import Card, renew
from models.first_cards import issue
from models.practitioners import Practitioner, ProfileVersion
from models.qualifications import QualificationEntry
from models.references import next_numbers
from models.requests import Request
from rules.findings.problems import ValueRefused
from rules.policy.registration import registration_number
from rules.register.fields import ARABIC_NAMES, ENGLISH_NAMES, Field, full_name
from rules.registration.normalised import NormalisedRegistration
from rules.registration.submission import RegistrationSubmission
from rules.requests.card_period import Period, period_after
from rules.requests.field_values import normalised_value
from rules.requests.reference_number import reference_year
from rules.values.dates import riyadh_day

_DAY = timedelta(days=1)


def as_submitted(submission: RegistrationSubmission) -> Applicant:
    """What the submission says of its applicant, as far as rules can read it."""
    read = {field: _read(field, getattr(submission.profile, field)) for field in Field}
    return Applicant(
        practitioner_id=None,
        registration_number=None,
        name_ar=full_name(read[part] for part in ARABIC_NAMES),
        name_en=full_name(read[part] for part in ENGLISH_NAMES),
        email=read[Field.EMAIL],
        preferred_language=submission.preferred_language,
        employer=submission.profile.employer,
    )


def _read(field: Field, typed: str) -> str:
    try:
        return normalised_value(field, typed, current_policy())
    except ValueRefused:
        return ""


async def newcomer(
    session: AsyncSession, request: Request, made: NormalisedRegistration, *, now: datetime
) -> Practitioner:
    """Somebody new on the register, with a registration number that nobody ever had.

    The number's counter stays locked until the transaction ends, and is moved beyond numbers that a
    register brought. Nobody else has the identity number, or the database says so.
    """
    policy = current_policy()
    calendar = policy.references.calendar
    today = riyadh_day(now)
    year = reference_year(today, calendar)
    [number] = await next_numbers(
        session,
        Practitioner.registration_number,
        partial(registration_number, policy.registration.number_prefix, year),
        1,
        kind="registration_number",
        calendar=calendar,
        year=year,
    )
    profile = made.on_file(number)
    practitioner = Practitioner(
        registration_number=number,
        **{field.value: getattr(profile, field.value) for field in Field},
        preferred_language=made.preferred_language,
        confirmed_at=now,
        on_file_since=today,
    )
    session.add(practitioner)
    await session.flush()
    before = dict.fromkeys(Field, "")
    _note(session, request, practitioner, before, now=now)
    return practitioner


def revived(
    session: AsyncSession,
    request: Request,
    made: NormalisedRegistration,
    practitioner: Practitioner,
    *,
    now: datetime,
) -> Practitioner:
    """The row of who was registered before, which the caller has locked, as it stands from now."""
    on_file = practitioner.on_file()
    before = {field: on_file.value(field) for field in Field}
    profile = made.on_file(practitioner.registration_number)
    for field in Field:
        setattr(practitioner, field.value, getattr(profile, field.value))
    practitioner.preferred_language = made.preferred_language
    practitioner.version += 1
    practitioner.confirmed_at = now
    _note(session, request, practitioner, before, now=now)
    return practitioner


def _note(
    session: AsyncSession,
    request: Request,
    practitioner: Practitioner,
    before: dict[Field, str],
    *,
    now: datetime,
) -> None:
    on_file = practitioner.on_file()
    session.add(
        ProfileVersion(
            practitioner_id=practitioner.id,
            version=practitioner.version,
            request_id=request.id,
            changed_by="applicant",
            changed_at=now,
            changes={
                field.value: {"from": before[field], "to": on_file.value(field)}
                for field in Field
                if before[field] != on_file.value(field)
            },
        )
    )


def note_qualification(
    session: AsyncSession,
    request: Request,
    made: NormalisedRegistration,
    practitioner: Practitioner,
) -> None:
    """What the registration rests on."""
    if made.qualification is None:
        raise RuntimeError("a valid registration has a qualification")
    session.add(
        QualificationEntry(
            practitioner_id=practitioner.id,
            request_id=request.id,
            title=made.qualification.title,
            issuer=made.qualification.issuer,
            issued_on=made.qualification.issued_on,
        )
    )


async def card_for(
    session: AsyncSession,
    request: Request,
    made: NormalisedRegistration,
    practitioner: Practitioner,
    old_card: Card | None,
    *,
    now: datetime,
) -> Period:
    """The first period of a new card, or one more of an old card that had run out, from today."""
    if made.category is None:
        raise RuntimeError("a valid registration has a category")
    policy, eve = current_policy(), riyadh_day(now) - _DAY
    if old_card is not None:
        eve = max(eve, old_card.expires_on)
    period = period_after(eve, made.years, policy)
    days = {"valid_from": period.valid_from, "expires_on": period.expires_on}
    if old_card is None:
        await issue(
            session, practitioner.id, category=made.category, request_id=request.id, now=now, **days
        )
        return period
    await renew(session, old_card, request_id=request.id, now=now, **days)
    old_card.category = made.category
    return period
