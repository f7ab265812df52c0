"""How content lies in the store: sealed in frames with AES-256-GCM.

::

    object  =  "MUMARIS1"  salt (16 random bytes)  frame…  last frame
    frame   =  65536 bytes sealed, then its tag (16 bytes); the last one may be shorter
    key     =  HKDF-SHA-256(the document's key, salt, "mumaris document")
    nonce   =  the frame's number (11 bytes, big-endian), then 1 for the last frame and 0 for others
    bound   =  the object's name

A salt of its own gives each object a key of its own, so that a document's pages can be sealed by
the document's key and no nonce is used twice. A frame that was changed, moved, repeated or taken
from another object does not open; an object that was cut off lacks its last frame. The construction
is STREAM (Hoang, Reyhanitabar, Rogaway, Vizár 2015), as in the file format of age.
"""

import os
from collections.abc import AsyncIterable, AsyncIterator

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from documents.keys import DocumentKey
from rules.errors import Broken

FRAME_BYTES = 64 * 1024
TAG_BYTES = 16
MARK = b"MUMARIS1"
_SALT_BYTES = 16
#: Frames that are handed on together: each hand-over to the store costs more than their sealing.
#: Four of them at once are a fifth slower, sixteen no faster (docs/decisions/0038).
_TOGETHER = 8


class ContentDamaged(Broken):
    """A document's content in the store is not what was put there, or its key is another's."""


async def sealed(
    content: AsyncIterable[bytes], key: DocumentKey, name: str
) -> AsyncIterator[bytes | bytearray]:
    """This content, sealed for the object of this name.

    Holds about a megabyte and a half, however large the content is.
    """
    salt = os.urandom(_SALT_BYTES)
    frames = _Frames(key, salt, name)
    yield MARK + salt
    held = bytearray()
    async for piece in content:
        held += piece
        # What may be the last frame waits: only then is it known not to be.
        if len(held) > _TOGETHER * FRAME_BYTES:
            taken = (len(held) - 1) // FRAME_BYTES * FRAME_BYTES
            yield frames.seal(memoryview(held)[:taken], last=False)
            del held[:taken]
    yield frames.seal(memoryview(held), last=True)


async def opened(stored: AsyncIterable[bytes], key: DocumentKey, name: str) -> AsyncIterator[bytes]:
    """The content that `sealed` was given, frame by frame.

    Raises `ContentDamaged`. What it has yielded until then was authentic, but is not the whole.
    """
    frames: _Frames | None = None
    held = bytearray()
    async for piece in stored:
        held += piece
        if frames is None and len(held) >= len(MARK) + _SALT_BYTES:
            frames = _Frames(key, _salt(held), name)
        while frames is not None and len(held) > FRAME_BYTES + TAG_BYTES:
            frame = bytes(held[: FRAME_BYTES + TAG_BYTES])
            del held[: len(frame)]
            yield frames.open(frame, last=False)
    if frames is None:
        raise ContentDamaged
    if last := frames.open(bytes(held), last=True):
        yield last


def _salt(held: bytearray) -> bytes:
    """The salt that stands behind the mark; both are taken off."""
    if held[: len(MARK)] != MARK:
        raise ContentDamaged
    salt = bytes(held[len(MARK) : len(MARK) + _SALT_BYTES])
    del held[: len(MARK) + _SALT_BYTES]
    return salt


class _Frames:
    """Seals or opens the frames of one object, in their order."""

    def __init__(self, key: DocumentKey, salt: bytes, name: str) -> None:
        derive = HKDF(algorithm=SHA256(), length=32, salt=salt, info=b"mumaris document")
        self._cipher = AESGCM(derive.derive(key.secret))
        self._bound = name.encode()
        self._number = 0

    def seal(self, content: memoryview, *, last: bool) -> bytearray:
        """The next frames, in one piece; with ``last`` nothing follows."""
        starts = range(0, len(content), FRAME_BYTES) or range(1)
        made = bytearray(len(content) + len(starts) * TAG_BYTES)
        rest = memoryview(made)
        for start in starts:
            frame = content[start : start + FRAME_BYTES]
            into, rest = rest[: len(frame) + TAG_BYTES], rest[len(frame) + TAG_BYTES :]
            nonce = self._nonce(last=last and start == starts[-1])
            self._cipher.encrypt_into(nonce, frame, self._bound, into)
        return made

    def open(self, frame: bytes, *, last: bool) -> bytes:
        try:
            return self._cipher.decrypt(self._nonce(last=last), frame, self._bound)
        except InvalidTag:
            raise ContentDamaged from None

    def _nonce(self, *, last: bool) -> bytes:
        nonce = self._number.to_bytes(11, "big") + bytes([last])
        self._number += 1
        return nonce
