"""Text beyond ASCII in headers: encoded words (RFC 2047), as few and as plain as can be."""

import re
from base64 import b64encode

#: What may stand bare in a display name: atoms and blanks (RFC 5322 3.2.3).
_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]+")
#: An encoded word has at most 75 characters; 42 bytes make 56 of Base64, 12 are its frame.
_BYTES = 42
#: A line should not have more characters, its header's name included.
_BARE = 60


def encoded_phrase(name: str) -> str:
    """A display name; longer ones go on in the next line. "" stays empty."""
    bare = not name or (_ATOMS.fullmatch(name) and "=?" not in name and len(name) <= _BARE)
    return name if bare else _words(name)


def encoded_text(text: str) -> str:
    """A subject; longer ones go on in the next line."""
    bare = text.isascii() and text.isprintable() and "=?" not in text and len(text) <= _BARE
    return text if bare else _words(text)


def _words(text: str) -> str:
    """The text as encoded words; none ends in the middle of a character."""
    words, current = [], b""
    for character in text:
        octets = character.encode()
        if len(current) + len(octets) > _BYTES:
            words.append(current)
            current = b""
        current += octets
    words.append(current)
    return "\r\n ".join(f"=?utf-8?b?{b64encode(word).decode('ascii')}?=" for word in words)
