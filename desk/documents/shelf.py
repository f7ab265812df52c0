"""Where this process keeps documents: the store, the keys, and what may be asked of a file."""

import asyncio
from dataclasses import dataclass
from functools import lru_cache
from weakref import WeakKeyDictionary

from desk.policy import current_policy
from documents.keys import MasterKeys
from documents.media_types import MediaType
from documents.rendering.limits import Limits
from documents.settings import document_settings
from documents.store import Store

_slots: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore] = WeakKeyDictionary()


@dataclass(frozen=True)
class Shelf:
    """The store and the keys of an installation."""

    store: Store
    keys: MasterKeys
    #: ClamAV's address; None where nothing is scanned.
    scanner: str | None
    scan_seconds: float


def shelf() -> Shelf:
    """What the environment names; a changed one counts at once, and so does a changed key file.

    Raises `documents.store.NotAStoreAddress` and as `DocumentSettings.master_keys`.
    """
    settings = document_settings()
    return Shelf(
        store=_store_at(settings.address),
        keys=settings.master_keys(),
        scanner=settings.clamd,
        scan_seconds=settings.scan_seconds,
    )


def store() -> Store:
    """The store alone, as the environment names it: to empty it needs no key.

    Raises `documents.store.NotAStoreAddress`.
    """
    return _store_at(document_settings().address)


def accepted_types() -> frozenset[MediaType]:
    """The types of file that policy takes."""
    return frozenset(map(MediaType, current_policy().documents.media_types))


def drawing_limits() -> Limits:
    """What drawing one document may cost."""
    return Limits(pages=current_policy().documents.pages)


def drawing_slots() -> asyncio.Semaphore:
    """Held by whoever draws a document: so many are drawn at once in this process's event loop."""
    return _slots.setdefault(
        asyncio.get_running_loop(), asyncio.Semaphore(document_settings().drawings)
    )


@lru_cache(maxsize=8)
def _store_at(address: str) -> Store:
    return Store.at(address)
