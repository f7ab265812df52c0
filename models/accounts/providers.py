"""Who is known by an identity provider, and the sign-ins that are on their way there and back."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint, delete
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Field, SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.accounts.accounts import Account
from models.columns import instant, known, named
from models.links import hash_token
from models.sweeping import delete_old
from rules.accounts.kinds import AccountKind


class ProviderLink(SQLModel, table=True):
    """Whoever the issuer calls by this subject signs in to this account."""

    __tablename__ = "provider_links"
    __table_args__ = (
        UniqueConstraint("account_id", "issuer", name="an_account_is_known_once_by_an_issuer"),
    )

    issuer: str = Field(primary_key=True)
    subject: str = Field(primary_key=True)
    account_id: UUID = Field(foreign_key="accounts.id")
    made_at: datetime = instant()


class ProviderTrip(SQLModel, table=True):
    """A browser was sent to a provider, and may come back once."""

    __tablename__ = "provider_trips"
    __table_args__ = (
        known("kind", AccountKind, name="a_trip_is_for_a_known_kind"),
        Index("provider_trips_to_sweep", "began_at"),
    )

    #: SHA-256 of the state in the addresses of both ways.
    state_hash: str = Field(primary_key=True)
    #: SHA-256 of the secret in the browser's cookie.
    browser_hash: str
    #: Whose provider it is.
    kind: AccountKind = Field(sa_type=named(AccountKind))
    #: The page that the person wanted.
    to_path: str
    #: The language that the person chose; empty for none.
    language: str
    began_at: datetime = instant()


async def account_by_provider(session: AsyncSession, issuer: str, subject: str) -> Account | None:
    """The account of whoever this issuer calls so, locked."""
    query = (
        select(Account)
        .join(ProviderLink, col(ProviderLink.account_id) == col(Account.id))
        .where(col(ProviderLink.issuer) == issuer, col(ProviderLink.subject) == subject)
        .with_for_update(of=Account)
    )
    return (await session.exec(query)).one_or_none()


@dataclass(frozen=True, kw_only=True)
class Linked:
    """Whose a subject is now."""

    account_id: UUID
    #: The issuer had called the account by another subject.
    took_another_s_place: bool


async def link_account(
    session: AsyncSession, account_id: UUID, *, issuer: str, subject: str, now: datetime
) -> Linked:
    """Let the account be known so, in the place of what this issuer called it before.

    A subject that is another account's stays that one's. The caller has locked the account.
    """
    before = await session.exec(
        delete(ProviderLink).where(
            col(ProviderLink.account_id) == account_id,
            col(ProviderLink.issuer) == issuer,
            col(ProviderLink.subject) != subject,
        )
    )
    await session.exec(
        insert(ProviderLink)
        .values(issuer=issuer, subject=subject, account_id=account_id, made_at=now)
        .on_conflict_do_nothing()
    )
    query = select(ProviderLink.account_id).where(
        col(ProviderLink.issuer) == issuer, col(ProviderLink.subject) == subject
    )
    found = (await session.exec(query)).one()
    return Linked(account_id=found, took_another_s_place=before.rowcount > 0)


async def unlink_account(session: AsyncSession, account_id: UUID) -> int:
    """Let no provider know the account any more; returns how many did."""
    gone = await session.exec(
        delete(ProviderLink).where(col(ProviderLink.account_id) == account_id)
    )
    return gone.rowcount


async def use_trip(
    session: AsyncSession, state: str, secret: str, kind: AccountKind
) -> ProviderTrip | None:
    """Use up the trip of this state, where this browser began it; None where there is none."""
    query = (
        select(ProviderTrip)
        .where(
            col(ProviderTrip.state_hash) == hash_token(state),
            col(ProviderTrip.browser_hash) == hash_token(secret),
            col(ProviderTrip.kind) == kind,
        )
        .with_for_update()
    )
    found = (await session.exec(query)).one_or_none()
    if found is not None:
        await session.delete(found)
    return found


async def sweep_trips(session: AsyncSession, *, before: datetime, limit: int) -> int:
    """Delete those that began before, up to so many; returns how many."""
    is_old = col(ProviderTrip.began_at) < before
    return await delete_old(
        session, ProviderTrip.state_hash, is_old, since=ProviderTrip.began_at, limit=limit
    )
