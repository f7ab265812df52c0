"""By what webhooks are signed: made and opened, kept as the secrets of authenticator apps are."""

import os
from collections.abc import Sequence
from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from documents.keys import DocumentKey, MasterKeyMissing, MasterKeys, WrappedKeyDamaged
from documents.settings import document_settings
from models.accounts.wrapped_secrets import webhook_wrapped_as
from models.documents.wrapped_keys import share_master_keys
from models.webhooks import WebhookSecret, secrets_in_use
from rules.webhooks.signing import SECRET_BYTES


async def add_secret(session: AsyncSession, subscription_id: str, *, now: datetime) -> bytes:
    """A new secret of this subscription, which its caller tells once.

    Raises as `DocumentSettings.master_keys`.
    """
    secret, row = (
        os.urandom(SECRET_BYTES),
        WebhookSecret(subscription_id=subscription_id, secret="", made_at=now),
    )
    await share_master_keys(session)
    keys = document_settings().master_keys()
    row.secret = keys.wrap(DocumentKey(secret), webhook_wrapped_as(row.id))
    session.add(row)
    return secret


async def open_secrets(
    session: AsyncSession, subscription_ids: Sequence[str], *, now: datetime
) -> dict[str, tuple[bytes, ...]]:
    """By what each of these subscriptions signs now, the newest first; what is damaged is left out.

    Raises as `DocumentSettings.master_keys`.
    """
    await share_master_keys(session)
    keys = document_settings().master_keys()
    found = await secrets_in_use(session, subscription_ids, now=now)
    opened = {each: tuple(_opened(keys, row) for row in rows) for each, rows in found.items()}
    return {each: tuple(filter(None, secrets)) for each, secrets in opened.items()}


def _opened(keys: MasterKeys, row: WebhookSecret) -> bytes | None:
    try:
        return keys.unwrap(row.secret, webhook_wrapped_as(row.id)).secret
    except (MasterKeyMissing, WrappedKeyDamaged):
        return None
