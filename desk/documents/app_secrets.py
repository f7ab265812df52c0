"""Secrets of apps, cards and webhooks, which the documents' master keys wrap too, wrapped anew."""

from uuid import UUID

from documents.keys import MasterKeyMissing, MasterKeys, WrappedKeyDamaged
from models.accounts.wrapped_secrets import (
    SECRETS,
    WrappedSecrets,
    rewrap_secret,
    secrets_wrapped_otherwise,
)
from models.database import transaction

#: Rows that are wrapped anew together.
CHUNK = 500


async def rewrap_secrets(keys: MasterKeys) -> tuple[int, int]:
    """Wrap by the current master key what another one wraps; how many, and how many are damaged.

    What needs a master key that is not here is left as it is.
    """
    found = [await _rewrap(keys, of) for of in SECRETS]
    return sum(done for done, _ in found), sum(damaged for _, damaged in found)


async def _rewrap(keys: MasterKeys, of: WrappedSecrets) -> tuple[int, int]:
    done = damaged = 0
    after = UUID(int=0)
    while True:
        async with transaction() as session:
            rows = await secrets_wrapped_otherwise(
                session, of, keys.prefix, after=after, limit=CHUNK
            )
            for key, wrapped in rows:
                try:
                    anew = keys.rewrap(wrapped, of.wrapped_as(key))
                except MasterKeyMissing:
                    continue
                except WrappedKeyDamaged:
                    damaged += 1
                    continue
                done += await rewrap_secret(session, of, key, before=wrapped, after=anew)
        if len(rows) < CHUNK:
            return done, damaged
        after = rows[-1][0]
