"""Letters in a Maildir: stored as they came, read without trusting a byte of them."""

import email
import mailbox
import re
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.errors import MessageError
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

#: The variable with the key to the pages; no argument, as everybody reads the list of processes.
KEY = "MUMARIS_MAIL_PAGE_KEY"
_ARRIVAL = re.compile(r"(\d+)\.M(\d+)P\d+Q(\d+)")
#: What Python's own parser raises on headers and bodies made to break it.
_HOSTILE = (ValueError, LookupError, TypeError, AttributeError, MessageError)


@dataclass(frozen=True)
class Summary:
    """One line of the list."""

    key: str
    sender: str
    to: str
    subject: str
    date: str


@dataclass(frozen=True)
class OpenedLetter:
    """Everything there is to see of one letter; a part that is missing is empty."""

    summary: Summary
    headers: tuple[tuple[str, str], ...]
    text: str
    html: str


class Letters:
    """The letters in one Maildir; safe to use from several threads."""

    def __init__(self, maildir: Path) -> None:
        maildir.parent.mkdir(parents=True, exist_ok=True)
        self._box = mailbox.Maildir(maildir)
        self._lock = threading.Lock()  # a Maildir object keeps a table of its files

    def keep(self, sender: str, recipients: Iterable[str], content: bytes) -> str:
        """Store a letter with its envelope on top; returns its key. Repeated, it is there twice.

        It is on the disk when this returns.
        """
        delivered = "".join(f"Delivered-To: {address}\r\n" for address in recipients)
        envelope = f"Return-Path: <{sender}>\r\n{delivered}"
        with self._lock:
            return self._box.add(envelope.encode("utf-8", "surrogateescape") + content)

    def count(self) -> int:
        """How many there are."""
        with self._lock:
            return len(self._box)

    def keys(self) -> list[str]:
        """The keys of all letters, in the order in which they came."""
        with self._lock:
            return sorted(self._box.keys(), key=_arrival)

    def newest(self, limit: int) -> list[Summary]:
        """The letters that came last, the very last first."""
        keys = self.keys()[: -limit - 1 : -1]
        with self._lock:
            contents = [self._box.get_bytes(key) for key in keys]
        return [_summary(key, _parse(content)) for key, content in zip(keys, contents, strict=True)]

    def find(self, key: str) -> OpenedLetter | None:
        """One letter, by a key from the list; None for any other."""
        with self._lock:
            # Compared with what is there, and never made into a path.
            content = self._box.get_bytes(key) if key in set(self._box.keys()) else None
        if content is None:
            return None
        message = _parse(content)
        headers = tuple((name, _header(message, name, raw)) for name, raw in _raw_headers(message))
        return OpenedLetter(
            summary=_summary(key, message),
            headers=headers,
            text=_body(message, "plain"),
            html=_body(message, "html"),
        )


def _summary(key: str, message: EmailMessage) -> Summary:
    arrived = datetime.fromtimestamp(_arrival(key)[0], UTC)
    return Summary(
        key=key,
        sender=_header(message, "From"),
        to=_header(message, "To"),
        subject=_header(message, "Subject"),
        date=f"{arrived:%Y-%m-%d %H:%M:%S} UTC",
    )


def _parse(content: bytes) -> EmailMessage:
    return email.message_from_bytes(content, EmailMessage, policy=SMTP)


def _arrival(key: str) -> tuple[int, int, int]:
    """Seconds, microseconds and number of arrival, which a Maildir writes into the name."""
    found = _ARRIVAL.match(key)
    return (int(found[1]), int(found[2]), int(found[3])) if found else (0, 0, 0)


def _raw_headers(message: EmailMessage) -> list[tuple[str, str]]:
    return [(str(name), str(value)) for name, value in message.raw_items()]


def _header(message: EmailMessage, name: str, raw: str | None = None) -> str:
    """A header decoded, or as it came where it cannot be decoded."""
    found = next(
        (value for each, value in _raw_headers(message) if each.lower() == name.lower()), ""
    )
    try:
        return str(SMTP.header_fetch_parse(name, found if raw is None else raw))
    except _HOSTILE:
        return found if raw is None else raw


def _body(message: EmailMessage, kind: str) -> str:
    try:
        part = message.get_body((kind,))
    except _HOSTILE:
        return ""
    if not isinstance(part, EmailMessage):
        return ""
    try:
        return str(part.get_content())
    except _HOSTILE:  # an unknown charset or encoding, or a broken one
        payload = part.get_payload(decode=True)
        return payload.decode("utf-8", "replace") if isinstance(payload, bytes) else ""
