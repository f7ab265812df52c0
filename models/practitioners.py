"""Practitioners, the history of their rows, what they learned and where they worked."""

from collections.abc import Collection, Iterable
from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID, uuid4

from sqlalchemy import Index, UniqueConstraint, func, text, update
from sqlmodel import Field, SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.columns import EXAMINE_NOW, JSON_DOCUMENT, instant, optional_instant
from models.questions import Question
from rules.errors import NotFound
from rules.register.fields import ARABIC_NAMES, ENGLISH_NAMES, full_name
from rules.register.profile import ProfileOnFile
from rules.values.dates import riyadh_day

#: How a practitioner's row is locked, wherever that is done. Rows that name the person can still
#: be added: whoever plans reminders does so with cards in hand, which an activation wants next.
LOCK = {"key_share": True}

#: The words of a person's names, folded, as one index holds them: see `models.people_search`.
NAME_WORDS = f"name_words({', '.join((*ARABIC_NAMES, *ENGLISH_NAMES))})"

#: Who changed a profile where two officers put another e-mail address on file.
OFFICERS = "officers"


class PractitionerUnknown(NotFound):
    """No practitioner has this registration number."""


class Practitioner(SQLModel, table=True):
    """One person on the register, as the data stand in force today."""

    __tablename__ = "practitioners"
    __table_args__ = (
        Index("profiles_to_examine", "examine_on", "id"),
        # How many share a mailbox: asked whenever somebody sets a password.
        Index("practitioners_by_mailbox", text("lower(email)")),
        # Who else was born on a day: asked of each registration.
        Index("practitioners_by_birth_date", "birth_date"),
        Index("practitioners_by_name", text(NAME_WORDS), postgresql_using="gin"),
        Index(
            "one_practitioner_per_identity_number",
            "identity_number",
            unique=True,
            postgresql_where=text("NOT identity_number_shared"),
        ),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    #: Canonical form, see `rules.values.registration_number`.
    registration_number: str = Field(unique=True)
    first_name_ar: str
    father_name_ar: str
    grandfather_name_ar: str
    family_name_ar: str
    first_name_en: str
    father_name_en: str
    grandfather_name_en: str
    family_name_en: str
    identity_number: str = Field(index=True)
    #: Two practitioners had this number before it had to be unique. A trigger takes the mark away
    #: with the next number.
    identity_number_shared: bool = Field(
        default=False, sa_column_kwargs={"server_default": text("false")}
    )
    identity_kind: str
    nationality: str
    birth_date: date
    mobile: str
    email: str
    address: str
    employer: str
    specialty: str
    rank: str
    preferred_language: str = "ar"
    #: Counts the changes in force, from 1.
    version: int = 1
    #: When the practitioner last confirmed these data.
    confirmed_at: datetime | None = optional_instant()
    #: The day on which the person came on file here.
    on_file_since: date = Field(
        default_factory=lambda: riyadh_day(datetime.now(UTC)),
        sa_column_kwargs={"server_default": text("CURRENT_DATE")},
    )
    #: The first day whose reminder run looks at the profile. A trigger sets it to long ago
    #: whenever the profile is confirmed.
    examine_on: date = Field(default=EXAMINE_NOW, sa_column_kwargs={"server_default": "1970-01-01"})
    #: When all that says who this was went (`models.retention.erasing`). The database lets nobody
    #: change the row after that, and no row be added that names it.
    erased_at: datetime | None = optional_instant()

    def on_file(self) -> ProfileOnFile:
        """The row as the rules read it."""
        names = ProfileOnFile.__dataclass_fields__
        return ProfileOnFile(**{name: getattr(self, name) for name in names})

    @property
    def name_ar(self) -> str:
        """The four-part Arabic name."""
        return full_name(getattr(self, part) for part in ARABIC_NAMES)

    @property
    def name_en(self) -> str:
        """The four-part English name."""
        return full_name(getattr(self, part) for part in ENGLISH_NAMES)


class ProfileVersion(SQLModel, table=True):
    """One change in force: who changed what, from and to, by which request."""

    __tablename__ = "profile_versions"
    __table_args__ = (
        UniqueConstraint("practitioner_id", "version", name="one_row_per_version"),
        UniqueConstraint("request_id", name="one_version_per_request"),
        UniqueConstraint("undoes_request_id", name="a_request_is_undone_once"),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    practitioner_id: UUID = Field(foreign_key="practitioners.id")
    version: int
    #: The request that brought it; None where it takes back what another one brought, and where
    #: officers changed it.
    request_id: UUID | None = Field(default=None, foreign_key="requests.id")
    undoes_request_id: UUID | None = Field(default=None, foreign_key="requests.id")
    #: Who asked: the applicant, ``old_address`` or `OFFICERS`; who allowed it stands in the
    #: decisions, or in ``address_changes``.
    changed_by: str
    changed_at: datetime = instant()
    #: ``{field: {"from": …, "to": …}}``
    changes: dict[str, dict[str, str]] = Field(sa_type=JSON_DOCUMENT)


class ProfileConfirmation(SQLModel, table=True):
    """A practitioner said that the data in force are right, by the link in a reminder."""

    __tablename__ = "profile_confirmations"

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    practitioner_id: UUID = Field(foreign_key="practitioners.id", index=True)
    #: The version of the data that was confirmed.
    version: int
    confirmed_at: datetime = instant()
    reminder_id: UUID = Field(foreign_key="reminders.id")


class CpdEntry(SQLModel, table=True):
    """Hours of professional development, each activity once per practitioner."""

    __tablename__ = "cpd_entries"
    __table_args__ = (
        UniqueConstraint("practitioner_id", "activity_key", name="each_activity_counts_once"),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    practitioner_id: UUID = Field(foreign_key="practitioners.id", index=True)
    request_id: UUID | None = Field(default=None, foreign_key="requests.id", index=True)
    #: What makes two entries the same activity: its code, or title, issuer and day.
    activity_key: str
    #: A `rules.register.card` kind of activity: policy caps some of them.
    kind: str = "other"
    #: ``certificate``, ``experience`` or ``loaded``
    source: str
    title: str
    issuer: str
    completed_on: date
    hours: Decimal = Field(max_digits=6, decimal_places=2)
    recorded_at: datetime = instant()


class ExperienceEntry(SQLModel, table=True):
    """Where a practitioner worked, as a request brought it into force."""

    __tablename__ = "experience_entries"

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    practitioner_id: UUID = Field(foreign_key="practitioners.id", index=True)
    request_id: UUID = Field(foreign_key="requests.id", index=True)
    employer: str
    role: str
    started_on: date
    ended_on: date | None = None


async def get_practitioner(
    session: AsyncSession, practitioner_id: UUID | None, *, lock: bool = False
) -> Practitioner:
    """The practitioner whom a row names; with ``lock`` nobody else changes them meanwhile.

    Asked only of rows that name one: a request of somebody who is not on the register names none.
    """
    if practitioner_id is None:
        raise RuntimeError("this row names no practitioner")
    return await session.get_one(
        Practitioner, practitioner_id, with_for_update=LOCK if lock else None
    )


async def practitioners_of(
    session: AsyncSession, ids: Iterable[UUID | None]
) -> dict[UUID, Practitioner]:
    """The practitioners whom rows name, by their ids; None, for none, is passed over."""
    query = select(Practitioner).where(
        col(Practitioner.id).in_({each for each in ids if each is not None})
    )
    return {found.id: found for found in (await session.exec(query)).all()}


#: By their ids. Who was asked about ahead stays in the session, where `get_practitioner` looks.
BY_ID = Question(practitioners_of)


async def find_practitioner(
    session: AsyncSession, registration_number: str, *, lock: bool = False
) -> Practitioner:
    """The practitioner with this canonical number; raises `PractitionerUnknown`.

    With ``lock`` nobody else changes the row until the transaction ends; see `LOCK`.
    """
    if lock:
        query = (
            select(Practitioner)
            .where(col(Practitioner.registration_number) == registration_number)
            .with_for_update(key_share=LOCK["key_share"])
        )
        found = (await session.exec(query)).one_or_none()
    else:
        found = await BY_NUMBER.about(session, registration_number)
    if found is None:
        raise PractitionerUnknown
    return found


async def _by_number(session: AsyncSession, numbers: Collection[str]) -> dict[str, Practitioner]:
    query = select(Practitioner).where(col(Practitioner.registration_number).in_(numbers))
    return {found.registration_number: found for found in (await session.exec(query)).all()}


#: By their canonical registration number.
BY_NUMBER = Question(_by_number)


async def holders_of_identity(
    session: AsyncSession, identity_numbers: Collection[str]
) -> dict[str, list[str]]:
    """Who has each of these canonical identity numbers: registration numbers, in order.

    A number that nobody has is left out. More than one holder is an error of the register.
    """
    query = (
        select(Practitioner.identity_number, Practitioner.registration_number)
        .where(col(Practitioner.identity_number).in_(identity_numbers))
        .order_by(col(Practitioner.registration_number))
    )
    holders: dict[str, list[str]] = {}
    for identity_number, registration_number in (await session.exec(query)).all():
        holders.setdefault(identity_number, []).append(registration_number)
    return holders


async def ids_by_number(session: AsyncSession, numbers: Collection[str]) -> dict[str, UUID]:
    """The ids of the practitioners with these canonical numbers; who is not there is left out."""
    query = select(col(Practitioner.registration_number), col(Practitioner.id)).where(
        col(Practitioner.registration_number).in_(numbers)
    )
    return dict((await session.exec(query)).all())


async def lock_practitioners(
    session: AsyncSession, numbers: Collection[str]
) -> dict[str, Practitioner]:
    """The practitioners with these canonical numbers, locked in one order for everybody."""
    query = (
        select(Practitioner)
        .where(col(Practitioner.registration_number).in_(numbers))
        .order_by(col(Practitioner.registration_number))
        .with_for_update()
    )
    return {row.registration_number: row for row in (await session.exec(query)).all()}


async def let_go_of_identity(session: AsyncSession, ids: Collection[UUID]) -> None:
    """Free the identity numbers of rows about to change them, so that others can take them first.

    A trigger takes the mark away when the row has its new number.
    """
    await session.exec(
        update(Practitioner)
        .where(col(Practitioner.id).in_(ids))
        .values(identity_number_shared=True)
        .execution_options(synchronize_session=False)
    )


async def changed_by_request(session: AsyncSession, identity_numbers: Collection[str]) -> set[str]:
    """Of those with one of these identity numbers, whose data are newer than any file."""
    query = select(Practitioner.registration_number).where(
        col(Practitioner.identity_number).in_(identity_numbers), col(Practitioner.version) > 1
    )
    return set((await session.exec(query)).all())


async def count_by_email(session: AsyncSession, key: str) -> int:
    """How many practitioners have this e-mail address (`mailbox_of`) on file."""
    query = select(func.count()).where(func.lower(col(Practitioner.email)) == key)
    return (await session.exec(query)).one()
