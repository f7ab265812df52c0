"""An authenticator app: its secret counts when a first code has shown that the app has it."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from pyotp import TOTP, random_base32
from sqlmodel.ext.asyncio.session import AsyncSession

from desk.policy import current_policy
from documents.keys import DocumentKey, MasterKeys
from documents.settings import document_settings
from models.accounts.accounts import lock_account
from models.accounts.factors import (
    AppSetUp,
    AuthenticatorApp,
    begin_set_up,
    keep_app,
    replace_recovery_codes,
)
from models.accounts.wrapped_secrets import wrapped_as
from models.database import transaction
from models.documents.wrapped_keys import share_master_keys
from rules.accounts.codes import recovery_hash, step_of_code
from rules.errors import Refused

#: Letters and digits that nobody takes for another: 16 of 32 are 80 bits.
_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
_LENGTH = 16


class AppNotConfirmed(Refused):
    """The code is not the one that the authenticator app shows now."""


@dataclass(frozen=True, repr=False)
class AppSecret:
    """What an authenticator app needs; shown to its owner and kept nowhere as it is."""

    #: In base32.
    secret: str
    #: As such apps read it from a picture.
    address: str


async def begin_app(account_id: UUID, *, now: datetime) -> None:
    """A new secret to confirm, in the place of one that was not. An app that is set up stays.

    Raises as `DocumentSettings.master_keys`.
    """
    async with transaction() as session:
        await lock_account(session, account_id)
        await begin(session, account_id, now=now)


async def begin(session: AsyncSession, account_id: UUID, *, now: datetime) -> None:
    """The same in the caller's transaction, which has locked the account."""
    secret = random_base32()
    keys = await _keys(session)
    wrapped = keys.wrap(DocumentKey(secret.encode()), wrapped_as(account_id))
    await begin_set_up(session, account_id, wrapped, now=now)


async def app_to_confirm(
    account_id: UUID, label: str, *, issuer: str, now: datetime
) -> AppSecret | None:
    """The secret that waits for its first code; None where none does, or for too long.

    ``label`` and ``issuer`` are what the app shows beside its codes.
    """
    async with transaction() as session:
        secret = await _waiting(session, account_id, now=now)
    if secret is None:
        return None
    return AppSecret(secret, TOTP(secret).provisioning_uri(name=label, issuer_name=issuer))


async def confirm(
    session: AsyncSession, account_id: UUID, typed: str, *, now: datetime
) -> tuple[str, ...]:
    """The app has the secret: it counts from now on, and the one before no more.

    Returns new recovery codes, which are shown once. Raises `AppNotConfirmed`; repeated with the
    same code too. In the caller's transaction, which has locked the account.
    """
    secret = await _waiting(session, account_id, now=now)
    step = None if secret is None else step_of_code(typed, secret, now=now)
    if step is None:
        raise AppNotConfirmed
    kept = (await session.get_one(AppSetUp, account_id)).secret
    await keep_app(session, account_id, kept, step=step, now=now)
    return await new_recovery_codes(session, account_id, now=now)


async def new_recovery_codes(
    session: AsyncSession, account_id: UUID, *, now: datetime
) -> tuple[str, ...]:
    """New codes in the place of those before, as they are shown once."""
    codes = [
        "".join(secrets.choice(_LETTERS) for _ in range(_LENGTH))
        for _ in range(current_policy().accounts.recovery_codes)
    ]
    hashes = [recovery_hash(account_id, code) for code in codes]
    await replace_recovery_codes(session, account_id, hashes, now=now)
    return tuple("-".join(code[at : at + 4] for at in range(0, _LENGTH, 4)) for code in codes)


async def app_step(
    session: AsyncSession, account_id: UUID, typed: str, *, now: datetime
) -> int | None:
    """The step of the app's code that was typed; None where it is none of this account's app."""
    keys = await _keys(session)
    app = await session.get(AuthenticatorApp, account_id)
    if app is None:
        return None
    return step_of_code(typed, _opened(keys, app.secret, account_id), now=now)


async def _waiting(session: AsyncSession, account_id: UUID, *, now: datetime) -> str | None:
    waits = timedelta(minutes=current_policy().accounts.half_way_minutes)
    keys = await _keys(session)
    found = await session.get(AppSetUp, account_id)
    if found is None or now >= found.began_at + waits:
        return None
    return _opened(keys, found.secret, account_id)


def _opened(keys: MasterKeys, wrapped: str, account_id: UUID) -> str:
    return keys.unwrap(wrapped, wrapped_as(account_id)).secret.decode()


async def _keys(session: AsyncSession) -> MasterKeys:
    """The master keys, of which none is dropped before the transaction ends.

    They come before the row: one that was read earlier may be wrapped by a key that is gone.
    """
    await share_master_keys(session)
    return document_settings().master_keys()
