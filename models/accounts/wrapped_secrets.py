"""Secrets that the documents' master keys wrap: of authenticator apps, cards and webhooks."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import func, update
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.accounts.factors import AppSetUp, AuthenticatorApp
from models.card_codes import CardCode
from models.webhooks import WebhookSecret


@dataclass(frozen=True)
class WrappedSecrets:
    """A table whose column ``secret`` is wrapped, and what each is bound to."""

    table: Any
    #: The column by which a row is named.
    key: str
    bound_to: str

    def wrapped_as(self, key: UUID) -> str:
        """What the secret is bound to: as anything else, it opens nothing."""
        return f"{self.bound_to}:{key}"


#: The apps that count, those that no code has confirmed yet, cards' codes, webhooks' signatures.
SECRETS = (
    WrappedSecrets(AuthenticatorApp, "account_id", "authenticator"),
    WrappedSecrets(AppSetUp, "account_id", "authenticator"),
    WrappedSecrets(CardCode, "id", "card_code"),
    WrappedSecrets(WebhookSecret, "id", "webhook"),
)


def wrapped_as(account_id: UUID) -> str:
    """What an app's secret is bound to."""
    return SECRETS[0].wrapped_as(account_id)


def card_code_wrapped_as(code_id: UUID) -> str:
    """What a card's code is bound to."""
    return SECRETS[2].wrapped_as(code_id)


def webhook_wrapped_as(secret_id: UUID) -> str:
    """What a webhook's secret is bound to."""
    return SECRETS[-1].wrapped_as(secret_id)


async def secrets_wrapped_otherwise(
    session: AsyncSession, of: WrappedSecrets, prefix: str, *, after: UUID, limit: int
) -> list[tuple[UUID, str]]:
    """Keys, and their wrapped secrets that do not begin so, in the order of the keys."""
    key = col(getattr(of.table, of.key))
    query = (
        select(key, of.table.secret)
        .where(key > after, ~func.starts_with(col(of.table.secret), prefix))
        .order_by(key)
        .limit(limit)
    )
    return [(found, secret) for found, secret in (await session.exec(query)).all()]


async def rewrap_secret(
    session: AsyncSession, of: WrappedSecrets, key: UUID, *, before: str, after: str
) -> int:
    """Wrap it anew; one that was taken off or wrapped anew meanwhile stays. Returns how many."""
    statement = (
        update(of.table)
        .where(col(getattr(of.table, of.key)) == key, col(of.table.secret) == before)
        .values(secret=after)
        .execution_options(synchronize_session=False)
    )
    return (await session.exec(statement)).rowcount


async def count_secrets_by_master_key(session: AsyncSession) -> dict[str, int]:
    """How many secrets each master key wraps, by its id."""
    found: dict[str, int] = {}
    for of in SECRETS:
        key_id = func.split_part(col(of.table.secret), ":", 2)
        for name, number in (
            await session.exec(select(key_id, func.count()).group_by(key_id))
        ).all():
            found[name] = found.get(name, 0) + number
    return found
