"""How a delivery ended, and what the server's answer means for the letter."""

import re
import unicodedata
from dataclasses import dataclass, field
from enum import StrEnum

from mail.delivering.refusal_texts import Meaning
from mail.delivering.refusals import SmtpStage, meaning_of

_MAX_REPLY = 300
#: A hostile server may send 32 KB; what follows is not looked at.
_MAX_READ = 1000
_ADDRESS = re.compile(r"<?[^\s<>@]+@[^\s<>@,;:]*>?")


class DeferredKind(StrEnum):
    """Why a letter is to be tried again."""

    #: The server said "not now" (4xx), or refused it in words that nobody knows.
    BUSY = "busy"
    #: Refused as perhaps no mailbox: if it goes on for days, it is none.
    DOUBTFUL = "doubtful"
    #: No connection, or it broke.
    CONNECTION = "connection"
    #: No answer in time.
    TIMEOUT = "timeout"
    #: The server refuses us, not the letter: somebody must look at the settings.
    CONFIGURATION = "configuration"
    #: The letter cannot be written now: a template, a setting, or this machine.
    COMPOSING = "composing"


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
    #: Whether it is we who must mend something. The letter then waits for as long as that takes.
    about_us: bool = field(default=False, compare=False)


@dataclass(frozen=True)
class Undeliverable:
    """The letter will never be taken."""

    reply: str
    #: Whether the server said so of the recipient: no other letter will be taken either.
    of_recipient: bool = field(default=False, compare=False)
    #: Whether these facts make no letter at all: the server was not asked.
    of_facts: bool = field(default=False, compare=False)


@dataclass(frozen=True)
class Withheld:
    """Nothing was sent: right before the content, the letter was not the caller's to send."""

    reply: str = "withheld"


Outcome = Accepted | Deferred | Undeliverable | Withheld


def judge(code: int, text: str, stage: SmtpStage) -> Deferred | Undeliverable:
    """What a reply that is no success means for the letter; see `refusals.meaning_of`.

    Only what names the mailbox or the message ends the letter. Before the recipient is named,
    everything is about us, also "not now": it is our own mail server that says so.
    """
    reply = f"{code} {text}"
    match meaning_of(reply, stage):
        case Meaning.MAILBOX:
            return Undeliverable(reply, of_recipient=True)
        case Meaning.MESSAGE:
            return Undeliverable(reply)
        case Meaning.US:
            return Deferred(reply, DeferredKind.CONFIGURATION, about_us=True)
        case Meaning.DOUBTFUL if stage is SmtpStage.RECIPIENT:
            return Deferred(reply, DeferredKind.DOUBTFUL)
        case _:
            before = stage in {SmtpStage.SESSION, SmtpStage.SENDER}
            return Deferred(reply, DeferredKind.BUSY, about_us=before)


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
