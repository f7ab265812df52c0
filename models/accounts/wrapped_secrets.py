"""The secrets of authenticator apps as rows keep them: by which master key each is wrapped."""

from typing import Any
from uuid import UUID

from sqlalchemy import func, update
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.accounts.factors import AppSetUp, AuthenticatorApp

#: Those that count, and those that no code has confirmed yet.
TABLES: tuple[type[AuthenticatorApp] | type[AppSetUp], ...] = (AuthenticatorApp, AppSetUp)


def wrapped_as(account_id: UUID) -> str:
    """What the secret is bound to: as anything else, it opens nothing."""
    return f"authenticator:{account_id}"


async def secrets_wrapped_otherwise(
    session: AsyncSession, table: Any, prefix: str, *, after: UUID, limit: int
) -> list[tuple[UUID, str]]:
    """Accounts, and their wrapped secrets that do not begin so, in the order of the ids."""
    query = (
        select(table.account_id, table.secret)
        .where(col(table.account_id) > after, ~func.starts_with(col(table.secret), prefix))
        .order_by(col(table.account_id))
        .limit(limit)
    )
    return [(account_id, secret) for account_id, secret in (await session.exec(query)).all()]


async def rewrap_secret(
    session: AsyncSession, table: Any, account_id: UUID, *, before: str, after: str
) -> int:
    """Wrap it anew; one that was taken off or wrapped anew meanwhile stays. Returns how many."""
    statement = (
        update(table)
        .where(col(table.account_id) == account_id, col(table.secret) == before)
        .values(secret=after)
        .execution_options(synchronize_session=False)
    )
    return (await session.exec(statement)).rowcount


async def count_secrets_by_master_key(session: AsyncSession) -> dict[str, int]:
    """How many secrets each master key wraps, by its id."""
    found: dict[str, int] = {}
    for table in TABLES:
        key_id = func.split_part(col(table.secret), ":", 2)
        for name, number in (
            await session.exec(select(key_id, func.count()).group_by(key_id))
        ).all():
            found[name] = found.get(name, 0) + number
    return found
