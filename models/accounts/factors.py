"""What is asked for beside a password: an authenticator app, passkeys, and codes written down."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import BigInteger, Index, delete, func, update
from sqlmodel import Field, SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.columns import instant, optional_instant
from models.sweeping import delete_old
from rules.accounts.kinds import Factor


class AuthenticatorApp(SQLModel, table=True):
    """The secret that an account shares with an authenticator app; one an account."""

    __tablename__ = "authenticator_apps"

    account_id: UUID = Field(foreign_key="accounts.id", primary_key=True)
    #: Wrapped by the master key, as a document's key is.
    secret: str
    #: When a first code showed that the app has it.
    confirmed_at: datetime = instant()
    #: The step of thirty seconds whose code was used last: none is taken twice.
    last_step: int | None = None


class AppSetUp(SQLModel, table=True):
    """A secret that no code has confirmed yet: it signs nobody in; the app before still does."""

    __tablename__ = "app_set_ups"
    __table_args__ = (Index("app_set_ups_to_sweep", "began_at"),)

    account_id: UUID = Field(foreign_key="accounts.id", primary_key=True)
    #: Wrapped as `AuthenticatorApp.secret` is.
    secret: str
    began_at: datetime = instant()


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
        Factor.TOTP: app is not None,
        Factor.PASSKEY: (await session.exec(query)).first() is not None,
    }
    return frozenset(factor for factor, has in found.items() if has)


async def begin_set_up(
    session: AsyncSession, account_id: UUID, secret: str, *, now: datetime
) -> None:
    """A new secret to confirm, in the place of one before; the caller has locked the account."""
    await end_set_up(session, account_id)
    session.add(AppSetUp(account_id=account_id, secret=secret, began_at=now))


async def end_set_up(session: AsyncSession, account_id: UUID) -> None:
    """Forget the secret that was to be confirmed."""
    await session.exec(delete(AppSetUp).where(col(AppSetUp.account_id) == account_id))


async def keep_app(
    session: AsyncSession, account_id: UUID, secret: str, *, step: int, now: datetime
) -> None:
    """This app and no other: the code of this step has confirmed it, and is used up.

    The caller has locked the account.
    """
    await drop_app(session, account_id)
    await end_set_up(session, account_id)
    session.add(
        AuthenticatorApp(account_id=account_id, secret=secret, confirmed_at=now, last_step=step)
    )


async def drop_app(session: AsyncSession, account_id: UUID) -> bool:
    """Take the app off; False where there was none."""
    query = delete(AuthenticatorApp).where(col(AuthenticatorApp.account_id) == account_id)
    return (await session.exec(query)).rowcount == 1


async def drop_factors(session: AsyncSession, account_id: UUID) -> None:
    """Take off the app, the passkeys and the codes that were written down."""
    for table in (AuthenticatorApp, AppSetUp, Passkey, RecoveryCode):
        await session.exec(delete(table).where(col(table.account_id) == account_id))


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


async def recovery_codes_left(session: AsyncSession, account_id: UUID) -> int:
    """How many codes that were written down still work."""
    query = select(func.count()).where(
        col(RecoveryCode.account_id) == account_id, col(RecoveryCode.used_at).is_(None)
    )
    return (await session.exec(query)).one()


async def sweep_set_ups(session: AsyncSession, *, before: datetime, limit: int) -> int:
    """Delete secrets that nobody has confirmed since then, up to so many; returns how many."""
    is_old = col(AppSetUp.began_at) < before
    return await delete_old(
        session, AppSetUp.account_id, is_old, since=AppSetUp.began_at, limit=limit
    )
