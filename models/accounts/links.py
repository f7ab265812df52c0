"""The links by which a password is set: hashed tokens, expiring, single use."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import func, update
from sqlmodel import Field, SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.columns import instant, known, named, optional_instant
from models.links import hash_token, mint_into
from rules.accounts.kinds import LinkUse


class AccountLink(SQLModel, table=True):
    """One link of an account; once one is used, the others open nothing."""

    __tablename__ = "account_links"
    __table_args__ = (known("use", LinkUse, name="an_account_s_link_has_a_known_use"),)

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    account_id: UUID = Field(foreign_key="accounts.id", index=True)
    use: LinkUse = Field(sa_type=named(LinkUse))
    issued_at: datetime = instant()
    expires_at: datetime = instant()
    superseded_at: datetime | None = optional_instant()
    used_at: datetime | None = optional_instant()
    #: Wrong answers to what its page asks.
    misses: int = 0
    #: The path of the portal to which its owner was on the way; None for nowhere in particular.
    goes_to: str | None = None


class AccountLinkToken(SQLModel, table=True):
    """A token that opens a link; an e-mail that is composed again mints another, as `LinkToken`."""

    __tablename__ = "account_link_tokens"

    #: SHA-256 of the token.
    token_hash: str = Field(primary_key=True)
    link_id: UUID = Field(foreign_key="account_links.id", index=True)
    minted_at: datetime = instant()


async def issue_account_link(
    session: AsyncSession,
    account_id: UUID,
    use: LinkUse,
    *,
    goes_to: str | None,
    now: datetime,
    expires_at: datetime,
) -> AccountLink:
    """A new link beside those that are usable: a stranger who asks for one must end none of them.

    The caller has locked the account.
    """
    link = AccountLink(
        account_id=account_id, use=use, goes_to=goes_to, issued_at=now, expires_at=expires_at
    )
    session.add(link)
    await session.flush()
    return link


async def supersede_links(session: AsyncSession, account_id: UUID, *, now: datetime) -> None:
    """Let the account's other links open nothing any more: one of them was used."""
    await session.exec(
        update(AccountLink)
        .where(
            col(AccountLink.account_id) == account_id,
            col(AccountLink.superseded_at).is_(None),
            col(AccountLink.used_at).is_(None),
        )
        .values(superseded_at=now)
        .execution_options(synchronize_session=False)
    )


async def usable_links(session: AsyncSession, account_id: UUID, *, now: datetime) -> int:
    """How many links of this account still open something."""
    query = select(func.count()).where(
        col(AccountLink.account_id) == account_id,
        col(AccountLink.superseded_at).is_(None),
        col(AccountLink.used_at).is_(None),
        col(AccountLink.expires_at) > now,
    )
    return (await session.exec(query)).one()


async def mint_account_tokens(
    session: AsyncSession, link_ids: Collection[UUID], *, now: datetime
) -> dict[UUID, str]:
    """A new token for each of these links that still opens something, however many they are."""
    if not link_ids:
        return {}
    usable = select(AccountLink.id).where(
        col(AccountLink.id).in_(link_ids),
        col(AccountLink.superseded_at).is_(None),
        col(AccountLink.expires_at) > now,
    )
    found = (await session.exec(usable)).all()
    return await mint_into(session, AccountLinkToken, found, now=now)


async def find_account_link(
    session: AsyncSession, token: str, *, lock: bool = False
) -> AccountLink | None:
    """The link that this token opens, whatever its state.

    Found by an index on the hash, which tells a guesser nothing about the token.
    """
    query = (
        select(AccountLink)
        .join(AccountLinkToken, col(AccountLinkToken.link_id) == col(AccountLink.id))
        .where(col(AccountLinkToken.token_hash) == hash_token(token))
    )
    if lock:
        # As it is now, also where this transaction has read it before.
        query = query.with_for_update(of=AccountLink).execution_options(populate_existing=True)
    return (await session.exec(query)).one_or_none()
