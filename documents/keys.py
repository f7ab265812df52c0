"""The keys: one a document, each wrapped by the installation's master key.

A wrapped key is a line of text, ``1:<id of the master key>:<base64url of nonce and sealed key>``,
bound to its document's id. Destroying it is what destroys the document (docs/decisions/0034).

Master keys are lines of base64url, 32 bytes each: the first wraps, all of them unwrap. Rotating: a
new key becomes the first; every wrapped key is wrapped anew; the old ones go.
"""

import hashlib
import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from rules.errors import Broken, Misconfigured

KEY_BYTES = 32
_NONCE_BYTES = 12
_VERSION = "1"


class NotAMasterKey(Misconfigured):
    """A master key for documents is 32 bytes in base64url, one a line."""


class MasterKeyMissing(Misconfigured):
    """A document was wrapped by a master key that is not among those in use."""

    def __init__(self, key_id: str) -> None:
        super().__init__(f"the documents' master key {key_id} is not among the keys in use")
        self.key_id = key_id


class WrappedKeyDamaged(Broken):
    """A document's wrapped key is not one that was written for this document."""


@dataclass(frozen=True)
class DocumentKey:
    """The key of one document; never written anywhere as it is."""

    secret: bytes = field(repr=False)

    @classmethod
    def new(cls) -> Self:
        """A random one."""
        return cls(os.urandom(KEY_BYTES))


class MasterKeys:
    """The installation's keys; the first one wraps."""

    def __init__(self, secrets: Sequence[bytes]) -> None:
        if not secrets or any(len(secret) != KEY_BYTES for secret in secrets):
            raise NotAMasterKey
        self._ciphers = {_key_id(secret): AESGCM(secret) for secret in secrets}
        self.current_id = _key_id(secrets[0])
        #: What every key begins with that is wrapped by the current master key.
        self.prefix = f"{_VERSION}:{self.current_id}:"

    @classmethod
    def from_text(cls, text: str) -> Self:
        """From lines, or words, of base64url; raises `NotAMasterKey`, which quotes nothing."""
        try:
            return cls([urlsafe_b64decode(word.encode("ascii")) for word in text.split()])
        except ValueError:
            raise NotAMasterKey from None

    @property
    def ids(self) -> tuple[str, ...]:
        """The keys' names, the one that wraps first."""
        return tuple(self._ciphers)

    def wrap(self, key: DocumentKey, document_id: str) -> str:
        """This document's key as its row keeps it."""
        nonce = os.urandom(_NONCE_BYTES)
        cipher = self._ciphers[self.current_id]
        sealed = cipher.encrypt(nonce, key.secret, document_id.encode())
        return f"{self.prefix}{urlsafe_b64encode(nonce + sealed).decode()}"

    def unwrap(self, wrapped: str, document_id: str) -> DocumentKey:
        """The key that `wrap` was given; raises `MasterKeyMissing`, `WrappedKeyDamaged`."""
        version, _, rest = wrapped.partition(":")
        key_id, _, written = rest.partition(":")
        if version != _VERSION:
            raise WrappedKeyDamaged
        if key_id not in self._ciphers:
            raise MasterKeyMissing(key_id)
        try:
            sealed = urlsafe_b64decode(written)
            secret = self._ciphers[key_id].decrypt(
                sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], document_id.encode()
            )
        except (ValueError, InvalidTag):
            raise WrappedKeyDamaged from None
        return DocumentKey(secret)

    def rewrap(self, wrapped: str, document_id: str) -> str:
        """The same key, wrapped by the current master key; as it is where it is so already."""
        if wrapped.startswith(self.prefix):
            return wrapped
        return self.wrap(self.unwrap(wrapped, document_id), document_id)


def new_master_key() -> str:
    """A random master key, as it is written."""
    return urlsafe_b64encode(os.urandom(KEY_BYTES)).decode()


def _key_id(secret: bytes) -> str:
    """Names a key without telling it: the first 8 bytes of its digest."""
    return hashlib.sha256(b"mumaris master key" + secret).hexdigest()[:16]
