"""Where this process keeps documents: the store, the keys, and what may be asked of a file."""

from dataclasses import dataclass
from functools import lru_cache

from desk.policy import current_policy
from documents.keys import MasterKeys
from documents.media_types import MediaType
from documents.rendering.limits import Limits
from documents.settings import DocumentSettings
from documents.store import Store


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
    settings = DocumentSettings()
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
    return _store_at(DocumentSettings().address)


def accepted_types() -> frozenset[MediaType]:
    """The types of file that policy takes."""
    return frozenset(map(MediaType, current_policy().documents.media_types))


def drawing_limits() -> Limits:
    """What drawing one document may cost."""
    return Limits(pages=current_policy().documents.pages)


@lru_cache(maxsize=8)
def _store_at(address: str) -> Store:
    return Store.at(address)
