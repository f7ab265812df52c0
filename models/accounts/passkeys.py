"""Passkeys: the keys that a telephone, a computer or a token keeps for one account."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import delete
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.accounts.factors import Passkey


async def passkeys_of(session: AsyncSession, account_id: UUID) -> Sequence[Passkey]:
    """The account's, oldest first."""
    query = (
        select(Passkey)
        .where(col(Passkey.account_id) == account_id)
        .order_by(col(Passkey.made_at), col(Passkey.id))
    )
    return (await session.exec(query)).all()


async def find_passkey(session: AsyncSession, credential_id: bytes) -> Passkey | None:
    """The one of this credential, whoever's it is; as it stands in the database now."""
    query = select(Passkey).where(col(Passkey.credential_id) == credential_id)
    return (await session.exec(query.execution_options(populate_existing=True))).one_or_none()


async def own_passkey(session: AsyncSession, account_id: UUID, passkey_id: UUID) -> Passkey | None:
    """The account's passkey of this id; None for anybody else's."""
    query = select(Passkey).where(
        col(Passkey.id) == passkey_id, col(Passkey.account_id) == account_id
    )
    return (await session.exec(query)).one_or_none()


async def delete_passkey(session: AsyncSession, passkey_id: UUID) -> None:
    """The key opens nothing any more."""
    await session.exec(delete(Passkey).where(col(Passkey.id) == passkey_id))
