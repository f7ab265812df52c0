"""Documents of a stack on one machine: where they lie and by which keys, without being told."""

from collections.abc import Mapping
from pathlib import Path

from documents.key_file import make_key_file
from documents.settings import DocumentSettings
from documents.store import Store


def keep_documents(home: Path) -> Mapping[str, str]:
    """The variables by which every process of the stack in this home finds its documents.

    What the environment names stays; else they lie in the home, and the file of master keys is made
    at the first start. Repeated, nothing changes. Keys that the environment itself holds are
    secrets, and handed on to nobody: whoever starts another process sets them there too.
    Raises as `DocumentSettings.master_keys` and `documents.store.Store.at`.
    """
    settings = DocumentSettings(home=home.absolute())
    keys = {}
    if settings.document_keys is None:
        make_key_file(settings.key_file)
        keys["MUMARIS_DOCUMENT_KEYS_FILE"] = str(settings.key_file.absolute())
    settings.master_keys()
    Store.at(settings.address)
    scanner = {} if settings.clamd is None else {"MUMARIS_CLAMD": settings.clamd}
    return {"MUMARIS_DOCUMENTS": settings.address, **keys, **scanner}


def keep_documents_apart(home: Path) -> Mapping[str, str]:
    """The same in the home alone, whatever store and keys the environment names.

    For what is cleared and begun anew: no file of it comes among others.
    """
    own = DocumentSettings(
        home=home.absolute(), documents=None, document_keys=None, document_keys_file=None
    )
    make_key_file(own.key_file)
    scanner = {} if own.clamd is None else {"MUMARIS_CLAMD": own.clamd}
    return {
        "MUMARIS_DOCUMENTS": own.address,
        "MUMARIS_DOCUMENT_KEYS": "",  # an empty one is not set
        "MUMARIS_DOCUMENT_KEYS_FILE": str(own.key_file),
        **scanner,
    }
