"""Where documents are kept, by which keys, and who scans them; from the environment."""

import os
from functools import lru_cache
from pathlib import Path

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from documents.key_file import read_key_file
from documents.keys import MasterKeys

_PREFIX = "MUMARIS_"


class DocumentSettings(BaseSettings):
    """Each is in the environment, as ``MUMARIS_DOCUMENTS`` is; an empty one is not set."""

    model_config = SettingsConfigDict(
        env_prefix=_PREFIX, extra="ignore", frozen=True, env_ignore_empty=True
    )

    #: Where an installation keeps its data.
    home: Path = Path(".mumaris")
    #: ``file:///…``, ``s3://bucket/prefix``, ``memory:///``; None: a folder in the home.
    documents: str | None = None
    #: Master keys, the first one wraps; None: they are in the file.
    document_keys: SecretStr | None = None
    #: None: ``document-keys`` in the home.
    document_keys_file: Path | None = None

    #: ClamAV: ``host:port``, or the path of its socket; None: nothing is scanned.
    clamd: str | None = Field(default=None, pattern=r"^(/.+|[^/@\s]+:[0-9]{1,5})$")
    #: How long one scan may take, from connecting to its answer.
    scan_seconds: float = Field(default=60, gt=0, le=600)
    #: How many documents one process draws at once; each child may take 1 GiB (`Limits`) and a
    #: processor, so more than the machine has of either only makes all of them slower.
    drawings: int = Field(default=2, ge=1, le=64)

    @property
    def address(self) -> str:
        """Where documents are kept, as an address."""
        return self.documents or (self.home.absolute() / "documents").as_uri()

    @property
    def key_file(self) -> Path:
        """The file of master keys, where they are not in the environment."""
        return self.document_keys_file or self.home.absolute() / "document-keys"

    def master_keys(self) -> MasterKeys:
        """The keys in use; raises as `documents.key_file.read_key_file`."""
        if self.document_keys is not None:
            return MasterKeys.from_text(self.document_keys.get_secret_value())
        return read_key_file(self.key_file)


def document_settings() -> DocumentSettings:
    """What the environment says now; reading it anew takes a millisecond, this does not."""
    ours = {name: value for name, value in os.environ.items() if name.upper().startswith(_PREFIX)}
    return _settings_of(frozenset(ours.items()))


@lru_cache(maxsize=4)
def _settings_of(_: frozenset[tuple[str, str]]) -> DocumentSettings:
    return DocumentSettings()
