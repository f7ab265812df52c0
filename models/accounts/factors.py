"""What is asked for beside a password: an authenticator app, passkeys, and codes written down."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import BigInteger, delete, update
from sqlmodel import Field, SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.columns import instant, optional_instant
from rules.accounts.kinds import Factor


class AuthenticatorApp(SQLModel, table=True):
    """The secret that an account shares with an authenticator app; one an account."""

    __tablename__ = "authenticator_apps"

    account_id: UUID = Field(foreign_key="accounts.id", primary_key=True)
    #: Wrapped by the master key, as a document's key is.
    secret: str
    made_at: datetime = instant()
    #: When a first code showed that the app has it; until then it counts for nothing.
    confirmed_at: datetime | None = optional_instant()
    #: The step of thirty seconds whose code was used last: none is taken twice.
    last_step: int | None = None


class Passkey(SQLModel, table=True):
    """A key that a telephone, a computer or a token keeps for one account."""

    __tablename__ = "passkeys"

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    account_id: UUID = Field(foreign_key="accounts.id", index=True)
    credential_id: bytes = Field(unique=True)
    public_key: bytes
    #: Up to 2 ** 32 - 1.
    sign_count: int = Field(sa_type=BigInteger)
    #: As its owner calls it.
    name: str
    made_at: datetime = instant()
    used_at: datetime | None = optional_instant()


class RecoveryCode(SQLModel, table=True):
    """A code that was written down for the day the telephone is lost; works once."""

    __tablename__ = "recovery_codes"

    #: SHA-256 of the account and the code, which holds 80 random bits.
    code_hash: str = Field(primary_key=True)
    account_id: UUID = Field(foreign_key="accounts.id", index=True)
    made_at: datetime = instant()
    used_at: datetime | None = optional_instant()


async def factors_of(session: AsyncSession, account_id: UUID) -> frozenset[Factor]:
    """What this account can show beside its password."""
    app = await session.get(AuthenticatorApp, account_id)
    query = select(Passkey.id).where(col(Passkey.account_id) == account_id).limit(1)
    found = {
        Factor.TOTP: app is not None and app.confirmed_at is not None,
        Factor.PASSKEY: (await session.exec(query)).first() is not None,
    }
    return frozenset(factor for factor, has in found.items() if has)


async def keep_app(
    session: AsyncSession, account_id: UUID, secret: str, *, now: datetime
) -> AuthenticatorApp:
    """A new secret, in the place of the one before; it counts once a code has confirmed it."""
    await session.exec(
        delete(AuthenticatorApp).where(col(AuthenticatorApp.account_id) == account_id)
    )
    app = AuthenticatorApp(account_id=account_id, secret=secret, made_at=now)
    session.add(app)
    return app


async def use_step(session: AsyncSession, account_id: UUID, step: int) -> bool:
    """Note that the code of this step was used; False where it, or a later one, was before."""
    used = await session.exec(
        update(AuthenticatorApp)
        .where(
            col(AuthenticatorApp.account_id) == account_id,
            col(AuthenticatorApp.last_step).is_(None) | (col(AuthenticatorApp.last_step) < step),
        )
        .values(last_step=step)
        .execution_options(synchronize_session=False)
    )
    return used.rowcount == 1


async def use_recovery_code(
    session: AsyncSession, account_id: UUID, code_hash: str, *, now: datetime
) -> bool:
    """Use the code; False where there is none, or it was used before."""
    used = await session.exec(
        update(RecoveryCode)
        .where(
            col(RecoveryCode.account_id) == account_id,
            col(RecoveryCode.code_hash) == code_hash,
            col(RecoveryCode.used_at).is_(None),
        )
        .values(used_at=now)
        .execution_options(synchronize_session=False)
    )
    return used.rowcount == 1


async def replace_recovery_codes(
    session: AsyncSession, account_id: UUID, hashes: Sequence[str], *, now: datetime
) -> None:
    """These codes and no others."""
    await session.exec(delete(RecoveryCode).where(col(RecoveryCode.account_id) == account_id))
    session.add_all(
        RecoveryCode(code_hash=code_hash, account_id=account_id, made_at=now)
        for code_hash in hashes
    )
