"""Accounts: who can sign in, by which address, and with what."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, delete, update
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Field, SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.columns import instant, known, named, optional_instant
from models.practitioners import Practitioner
from rules.accounts.identifiers import Identifier, IdentifierKind
from rules.accounts.kinds import AccountKind, Role


class Account(SQLModel, table=True):
    """One person's way in. Without a password nobody signs in by it yet."""

    __tablename__ = "accounts"
    __table_args__ = (
        known("kind", AccountKind, name="an_account_has_a_known_kind"),
        CheckConstraint(
            "(practitioner_id IS NOT NULL) = (kind = 'practitioner')"
            " AND (officer IS NOT NULL) = (kind = 'officer')",
            name="an_account_is_one_person_s",
        ),
        CheckConstraint(
            "(password_hash IS NULL) = (password_set_at IS NULL)",
            name="a_password_was_set_at_some_time",
        ),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    kind: AccountKind = Field(sa_type=named(AccountKind))
    practitioner_id: UUID | None = Field(default=None, foreign_key="practitioners.id", unique=True)
    officer: str | None = Field(default=None, foreign_key="officers.user_name", unique=True)
    #: Argon2id, with its own salt and cost.
    password_hash: str | None = None
    password_set_at: datetime | None = optional_instant()
    #: Counts the passwords, from 0 for none.
    version: int = 0
    made_at: datetime = instant()
    #: None before anybody has signed in by it: a first browser is no news, and others are.
    first_signed_in_at: datetime | None = optional_instant()


class SignInMailbox(SQLModel, table=True):
    """The e-mail address by which one account signs in; an account has one or none.

    Apart from the address on file, which several people may share: a row is one account's claim.
    """

    __tablename__ = "sign_in_mailboxes"

    #: As `rules.values.email_address.mailbox_of` writes it.
    mailbox: str = Field(primary_key=True)
    account_id: UUID = Field(foreign_key="accounts.id", unique=True)


class AccountRole(SQLModel, table=True):
    """One thing that an officer's account may do."""

    __tablename__ = "account_roles"
    __table_args__ = (known("role", Role, name="an_account_has_known_roles"),)

    account_id: UUID = Field(foreign_key="accounts.id", primary_key=True)
    role: Role = Field(primary_key=True, sa_type=named(Role))


async def account_of_practitioner(
    session: AsyncSession, practitioner_id: UUID, *, now: datetime
) -> Account:
    """This person's account, locked; made where there is none, by the first of two who ask."""
    await session.exec(
        insert(Account)
        .values(
            id=uuid4(),
            kind=AccountKind.PRACTITIONER,
            practitioner_id=practitioner_id,
            version=0,
            made_at=now,
        )
        .on_conflict_do_nothing()
    )
    query = select(Account).where(col(Account.practitioner_id) == practitioner_id).with_for_update()
    return (await session.exec(query)).one()


async def find_account(session: AsyncSession, identifier: Identifier) -> Account | None:
    """The account of this address or number; None for nobody's, and for a number of several."""
    if identifier.kind is IdentifierKind.EMAIL:
        query = (
            select(Account)
            .join(SignInMailbox, col(SignInMailbox.account_id) == col(Account.id))
            .where(col(SignInMailbox.mailbox) == identifier.value)
        )
    else:
        query = (
            select(Account)
            .join(Practitioner, col(Practitioner.id) == col(Account.practitioner_id))
            .where(col(Practitioner.identity_number) == identifier.value)
        )
    found = (await session.exec(query.limit(2))).all()
    return found[0] if len(found) == 1 else None


async def lock_account(session: AsyncSession, account_id: UUID) -> Account:
    """The account, locked until the transaction ends."""
    return await session.get_one(Account, account_id, with_for_update=True)


async def set_hash(
    session: AsyncSession, account_id: UUID, *, before: str, password_hash: str
) -> None:
    """Keep the same password's new hash, unless another password was set meanwhile."""
    await session.exec(
        update(Account)
        .where(col(Account.id) == account_id, col(Account.password_hash) == before)
        .values(password_hash=password_hash)
        .execution_options(synchronize_session=False)
    )


async def mailbox_of_account(session: AsyncSession, account_id: UUID) -> str | None:
    """The address by which it signs in."""
    query = select(SignInMailbox.mailbox).where(col(SignInMailbox.account_id) == account_id)
    return (await session.exec(query)).first()


async def claim_mailbox(session: AsyncSession, account_id: UUID, mailbox: str) -> bool:
    """Let the account sign in by this address, and by none before; the caller has locked it.

    An address that another account has claimed stays that one's, and nothing changes: False.
    """
    before = await mailbox_of_account(session, account_id)
    if before == mailbox:
        return True
    await session.exec(delete(SignInMailbox).where(col(SignInMailbox.account_id) == account_id))
    for each in filter(None, (mailbox, before)):
        claimed = await session.exec(
            insert(SignInMailbox)
            .values(mailbox=each, account_id=account_id)
            .on_conflict_do_nothing()
            .returning(col(SignInMailbox.mailbox))
        )
        if claimed.first() is not None:
            return each == mailbox
    return False


async def release_mailbox(session: AsyncSession, account_id: UUID) -> None:
    """Let the account sign in by no address; its owner's number stays. The caller has locked it."""
    await session.exec(delete(SignInMailbox).where(col(SignInMailbox.account_id) == account_id))


async def account_of_officer(session: AsyncSession, officer: str, *, now: datetime) -> Account:
    """This officer's account, locked; made where there is none."""
    await session.exec(
        insert(Account)
        .values(id=uuid4(), kind=AccountKind.OFFICER, officer=officer, version=0, made_at=now)
        .on_conflict_do_nothing()
    )
    query = select(Account).where(col(Account.officer) == officer).with_for_update()
    return (await session.exec(query)).one()


async def existing_account(
    session: AsyncSession, *, practitioner_id: UUID | None = None, officer: str | None = None
) -> Account | None:
    """The account of this practitioner, or of this officer."""
    query = select(Account)
    if practitioner_id is not None:
        query = query.where(col(Account.practitioner_id) == practitioner_id)
    else:
        query = query.where(col(Account.officer) == officer)
    return (await session.exec(query)).one_or_none()


async def roles_of(session: AsyncSession, account_id: UUID) -> tuple[Role, ...]:
    """What the account may do, by name."""
    query = (
        select(AccountRole.role)
        .where(col(AccountRole.account_id) == account_id)
        .order_by(col(AccountRole.role))
    )
    return tuple(map(Role, (await session.exec(query)).all()))


async def set_roles(session: AsyncSession, account_id: UUID, roles: Collection[Role]) -> None:
    """These and no others; the caller has locked the account."""
    await session.exec(delete(AccountRole).where(col(AccountRole.account_id) == account_id))
    for role in sorted(set(roles)):
        await session.exec(
            insert(AccountRole).values(account_id=account_id, role=role).on_conflict_do_nothing()
        )


async def list_accounts(
    session: AsyncSession, *, kind: AccountKind | None, limit: int
) -> list[tuple[Account, str | None]]:
    """The accounts, newest first, with the registration number of a practitioner."""
    query = (
        select(Account, Practitioner.registration_number)
        .join(Practitioner, col(Practitioner.id) == col(Account.practitioner_id), isouter=True)
        .order_by(col(Account.made_at).desc(), col(Account.id))
        .limit(limit)
    )
    if kind is not None:
        query = query.where(col(Account.kind) == kind)
    return list((await session.exec(query)).all())
