"""Rotating the master keys: a new one is added, what they wrap is wrapped anew, the old go.

They wrap every document's key, and the secret of every authenticator app.

Each step can be stopped, repeated, and done by two at once; the file and the rows say how far it
came. A master key is dropped only while nobody can write a row, and only where no row needs it.
"""

import asyncio
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from sqlmodel.ext.asyncio.session import AsyncSession

from desk.documents.app_secrets import rewrap_secrets
from documents.key_file import add_master_key, drop_old_master_keys
from documents.keys import MasterKeyMissing, MasterKeys, WrappedKeyDamaged
from documents.settings import DocumentSettings
from models.accounts.wrapped_secrets import count_secrets_by_master_key
from models.database import transaction
from models.documents.wrapped_keys import (
    Rewrapped,
    count_by_master_key,
    hold_master_keys,
    rewrap,
    share_master_keys,
    wrapped_otherwise,
)

#: Rows that are wrapped anew together.
CHUNK = 500


@dataclass(frozen=True, kw_only=True)
class KeysInUse:
    """The master keys by their names, which tell nothing of them."""

    #: It wraps new documents.
    current: str
    #: They open what they once wrapped.
    others: tuple[str, ...]
    #: How many documents and apps each wraps, also one that is not among the keys here.
    wrapped: Mapping[str, int]
    #: The keys are in the environment, which no command changes.
    in_environment: bool

    @property
    def missing(self) -> Mapping[str, int]:
        """Documents and apps that cannot be opened here, by the master key that they need."""
        here = {self.current, *self.others}
        return {name: number for name, number in self.wrapped.items() if name not in here}


@dataclass(frozen=True, kw_only=True)
class Rotation:
    """What one call of `rotate` did."""

    #: False where a rotation was under way, or the keys are in the environment.
    added: bool
    rewrapped: int
    #: Wrapped by a key that is here, and damaged: nobody can open them.
    damaged: int
    #: The old keys that are gone from the file now.
    dropped: tuple[str, ...]
    #: As it stands afterwards.
    keys: KeysInUse


async def keys_in_use() -> KeysInUse:
    """Which master keys there are, and what each wraps.

    Raises as `documents.settings.DocumentSettings.master_keys`.
    """
    async with transaction() as session:
        return await _seen(session)


async def rotate() -> Rotation:
    """Put a new master key first, wrap everything by it, and drop the old ones.

    Where several keys are there already, that rotation is brought to its end, and no other key is
    added. An old key stays where a document still needs it: one that is damaged, or needs a key
    that is not here. Where the keys are in the environment, only the wrapping is done.
    Raises as `documents.key_file.read_key_file`.
    """
    settings = DocumentSettings()
    in_file = settings.document_keys is None
    added = in_file and await asyncio.to_thread(add_master_key, settings.key_file)
    rewrapped, dropped = 0, tuple[str, ...]()
    while True:
        more, damaged = await rewrap_all()
        rewrapped += more
        if in_file:
            dropped += await drop_unused()
        keys = await keys_in_use()
        # What was sent meanwhile, by somebody who had read the old list, may be left: once more.
        if not more or not _wrapped_by(keys.others, keys):
            break
    return Rotation(added=added, rewrapped=rewrapped, damaged=damaged, dropped=dropped, keys=keys)


async def rewrap_all() -> tuple[int, int]:
    """Wrap by the current master key what another one wraps; how many, and how many are damaged.

    What needs a master key that is not here is left as it is.
    """
    keys, after = DocumentSettings().master_keys(), ""
    done = damaged = 0
    while True:
        async with transaction() as session:
            rows = await wrapped_otherwise(session, keys.prefix, after=after, limit=CHUNK)
            anew = []
            for upload_id, wrapped in rows:
                try:
                    anew.append(Rewrapped(upload_id, wrapped, keys.rewrap(wrapped, upload_id)))
                except MasterKeyMissing:
                    continue
                except WrappedKeyDamaged:
                    damaged += 1
            done += await rewrap(session, anew)
        if len(rows) < CHUNK:
            break
        after = rows[-1][0]
    more, broken = await rewrap_secrets(keys)
    return done + more, damaged + broken


async def drop_unused() -> tuple[str, ...]:
    """Keep the file's first key alone where it wraps everything; the names of those that went."""
    async with transaction() as session:
        await hold_master_keys(session)
        keys = await _seen(session)
        if not keys.others or set(keys.wrapped) - {keys.current}:
            return ()
        await asyncio.to_thread(drop_old_master_keys, DocumentSettings().key_file)
        return keys.others


async def wrapped_now(
    session: AsyncSession, keys: MasterKeys, wrapped: str, document_id: str
) -> str:
    """A new document's key, wrapped by the master key of this moment.

    ``keys`` wrapped it while the file came in, which may be long ago: a rotation may have dropped
    them since. None is dropped before the transaction ends. Raises as `MasterKeys.unwrap`.
    """
    await share_master_keys(session)
    current = DocumentSettings().master_keys()
    if wrapped.startswith(current.prefix):
        return wrapped
    return current.wrap(keys.unwrap(wrapped, document_id), document_id)


async def _seen(session: AsyncSession) -> KeysInUse:
    settings = DocumentSettings()
    current, *others = settings.master_keys().ids
    return KeysInUse(
        current=current,
        others=tuple(others),
        wrapped=Counter(await count_by_master_key(session))
        + Counter(await count_secrets_by_master_key(session)),
        in_environment=settings.document_keys is not None,
    )


def _wrapped_by(names: tuple[str, ...], keys: KeysInUse) -> int:
    return sum(keys.wrapped.get(name, 0) for name in names)
