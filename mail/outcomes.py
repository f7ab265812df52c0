"""How a delivery ended, and what the server's answer means for the letter."""

import re
import unicodedata
from dataclasses import dataclass, field
from enum import StrEnum

_MAX_REPLY = 300
#: A hostile server may send 32 KB; what follows is not looked at.
_MAX_READ = 1000
_PERMANENT = 500
#: Replies about the session, not the letter: bad sequence, and the family of missing or wrong
#: credentials (RFC 5321 4.2.4, RFC 4954 6).
_ABOUT_US = frozenset({503, 530, 534, 535, 538})
_NO_MAILBOX = frozenset({"550", "551", "553"})
_ENHANCED = re.compile(r"(?<![\d.])5\.(\d{1,3})\.(\d{1,3})(?![\d.])")
_ADDRESS = re.compile(r"<?[^\s<>@]+@[^\s<>@,;:]*>?")


class Stage(StrEnum):
    """How far the exchange had come when the server answered."""

    #: Connecting, TLS, greeting and signing in.
    SESSION = "session"
    SENDER = "sender"
    RECIPIENT = "recipient"
    CONTENT = "content"


class DeferredKind(StrEnum):
    """Why a letter is to be tried again."""

    #: The server said "not now" (4xx).
    BUSY = "busy"
    #: No connection, or it broke.
    CONNECTION = "connection"
    #: No answer in time.
    TIMEOUT = "timeout"
    #: The server refuses us, not the letter: somebody must look at the settings.
    CONFIGURATION = "configuration"


@dataclass(frozen=True)
class Accepted:
    """The server took responsibility for the letter."""

    #: What it said, without addresses; so in the others too.
    reply: str


@dataclass(frozen=True)
class Deferred:
    """The letter was not taken, or we do not know; it may be tried again."""

    reply: str
    kind: DeferredKind


@dataclass(frozen=True)
class Refused:
    """The letter will never be taken."""

    reply: str
    #: Whether the server said so of the recipient: no other letter will be taken either.
    of_recipient: bool = field(default=False, compare=False)


Outcome = Accepted | Deferred | Refused


def judge(code: int, text: str, stage: Stage) -> Deferred | Refused:
    """What a reply that is no success means.

    Permanent codes end the letter only where they speak of the recipient or the content; before
    that they speak of us.
    """
    reply = f"{code} {text}"
    if code < _PERMANENT:
        return Deferred(reply, DeferredKind.BUSY)
    if stage in {Stage.SESSION, Stage.SENDER} or code in _ABOUT_US:
        return Deferred(reply, DeferredKind.CONFIGURATION)
    return Refused(reply, stage is Stage.RECIPIENT and says_no_mailbox(reply))


def says_no_mailbox(reply: str) -> bool:
    """Whether a 5xx reply is about the mailbox, and not about us: our relay, our reputation.

    By the enhanced code where there is one (RFC 3463: X.1 the address, X.2.1 a closed mailbox),
    else by the plain one (RFC 5321 4.2.3).
    """
    if enhanced := _ENHANCED.search(reply):
        return enhanced[1] == "1" or (enhanced[1], enhanced[2]) == ("2", "1")
    return reply[:3] in _NO_MAILBOX


def without_addresses(reply: str, to: str) -> str:
    """The reply as one printable line of at most 300 characters that names nobody.

    Masks whatever looks like an e-mail address, and the recipient's local part standing alone.
    """
    shown = "".join(
        character if unicodedata.category(character)[0] not in "CZ" else " " for character in reply
    )
    if len(shown) > _MAX_READ:
        # Not in the middle of a word, which could be half an address.
        shown = shown[:_MAX_READ].rpartition(" ")[0]
    shown = _ADDRESS.sub("(address)", shown)
    local = to.rpartition("@")[0]
    # A pattern of each recipient's own is slow to compile; few replies hold the local part.
    if local and local.casefold() in shown.casefold():
        pattern = rf"(?<!\w){re.escape(local)}(?!\w)"
        shown = re.sub(pattern, "(address)", shown, flags=re.IGNORECASE)
    return " ".join(shown.split())[:_MAX_REPLY]
