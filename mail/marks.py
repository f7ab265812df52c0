"""The mark of ours by which any report finds its letter.

A letter's id is a hash of random numbers that never leave the database, so it is its own proof:
whoever knows it got the letter, or got it from somebody who did. It travels in the Message-ID, in a
header of ours that relays leave alone when they set a Message-ID of their own, and where the mail
server takes such addresses (VERP) in the address that reports go to.
"""

import re
from uuid import UUID

#: Of each letter; a report that returns the letter's headers returns it.
HEADER = "X-Mumaris-Letter"
#: Where the mark stands in `mail.settings.MailSettings.mail_return_path`.
PLACE = "{mark}"

_UUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_MESSAGE_ID = re.compile(rf"<({_UUID})@[^<>\s]+>", re.IGNORECASE)
_HEADER_VALUE = re.compile(rf"({_UUID})", re.IGNORECASE)
_RETURN_MARK = "([0-9a-f]{32})"


def return_address(pattern: str, letter_id: UUID) -> str:
    """The envelope's sender of this letter; as it is where the pattern has no place for a mark."""
    return pattern.replace(PLACE, letter_id.hex)


def by_message_id(text: str) -> UUID | None:
    """The first letter of ours whose Message-ID stands in this text."""
    found = _MESSAGE_ID.search(text)
    return UUID(found[1]) if found else None


def by_header(value: str) -> UUID | None:
    """The letter that our own header names."""
    found = _HEADER_VALUE.fullmatch(value.strip())
    return UUID(found[1]) if found else None


def by_return_address(text: str, pattern: str) -> UUID | None:
    """The letter whose return address stands in this text, whatever its case."""
    if PLACE not in pattern:
        return None
    before, _, after = pattern.partition(PLACE)
    address = re.escape(before) + _RETURN_MARK + re.escape(after)
    found = re.search(rf"(?<![\w.+-]){address}(?![\w.-])", text, re.IGNORECASE)
    return UUID(found[1]) if found else None
