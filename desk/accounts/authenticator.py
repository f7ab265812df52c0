"""An authenticator app: its secret is shown once, and counts when a first code has confirmed it."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from pyotp import TOTP, random_base32
from sqlmodel.ext.asyncio.session import AsyncSession

from desk.policy import current_policy
from documents.keys import DocumentKey
from documents.settings import document_settings
from models.accounts.accounts import lock_account
from models.accounts.factors import (
    AuthenticatorApp,
    keep_app,
    replace_recovery_codes,
    use_step,
)
from models.database import transaction
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


async def begin_app(account_id: UUID, label: str, *, issuer: str, now: datetime) -> AppSecret:
    """A new secret, in the place of one that is not confirmed or of the one before.

    Raises as `DocumentSettings.master_keys`.
    """
    secret = random_base32()
    wrapped = (
        document_settings().master_keys().wrap(DocumentKey(secret.encode()), _name(account_id))
    )
    async with transaction() as session:
        await lock_account(session, account_id)
        await keep_app(session, account_id, wrapped, now=now)
    return AppSecret(secret, TOTP(secret).provisioning_uri(name=label, issuer_name=issuer))


async def confirm_app(account_id: UUID, typed: str, *, now: datetime) -> tuple[str, ...]:
    """The app has the secret: it counts from now on. Returns new recovery codes, shown once.

    Raises `AppNotConfirmed`; repeated with the same code too.
    """
    async with transaction() as session:
        await lock_account(session, account_id)
        app = await session.get(AuthenticatorApp, account_id)
        step = await app_step(session, account_id, typed, now=now, confirmed=False)
        if app is None or step is None or not await use_step(session, account_id, step):
            raise AppNotConfirmed
        app.confirmed_at = now
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
    session: AsyncSession,
    account_id: UUID,
    typed: str,
    *,
    now: datetime,
    confirmed: bool = True,
) -> int | None:
    """The step of the app's code that was typed; None where it is none of this account's app."""
    app = await session.get(AuthenticatorApp, account_id)
    if app is None or (confirmed and app.confirmed_at is None):
        return None
    key = document_settings().master_keys().unwrap(app.secret, _name(account_id))
    return step_of_code(typed, key.secret.decode(), now=now)


def _name(account_id: UUID) -> str:
    """What the secret is bound to: as anything else, it opens nothing."""
    return f"authenticator:{account_id}"
