"""What a mail server's refusal speaks of: one judgement, for direct replies and delivery reports.

Servers agree on the codes only roughly, so a known text (`refusal_texts`) weighs more than a
code, and a code of RFC 3463 more than the three digits. What is not known is never taken for a
mailbox that is gone: it is doubtful, and only its repetition over days says more.
"""

import re
from collections.abc import Sequence
from enum import StrEnum

from mail.delivering.refusal_texts import (
    EXCHANGE_ONLINE,
    NOT_NOW,
    NOT_NOW_FIRST,
    OF_OUR_RATE,
    OF_THE_MAILBOX,
    OF_THE_MESSAGE,
    OF_US,
    OF_US_PERHAPS,
    PERHAPS_GONE,
    Meaning,
    Texts,
)


class SmtpStage(StrEnum):
    """How far the exchange had come when the server answered."""

    #: Connecting, TLS, greeting and signing in.
    SESSION = "session"
    SENDER = "sender"
    RECIPIENT = "recipient"
    CONTENT = "content"


#: RFC 3463, RFC 5248's registry, and where it says so a provider's own use. What is not here goes
#: by `_FAMILIES`.
_CODES: dict[str, Meaning] = {
    "1.1": Meaning.MAILBOX,  # bad destination mailbox address
    "1.3": Meaning.MAILBOX,  # bad destination mailbox address syntax
    "1.6": Meaning.MAILBOX,  # has moved, no forwarding address
    "1.7": Meaning.US,  # bad sender's mailbox address syntax
    "1.8": Meaning.US,  # bad sender's system address
    "1.10": Meaning.MAILBOX,  # null MX (RFC 7505); Exchange: RecipientNotFound
    "1.90": Meaning.US,  # Microsoft 365: our own limit for a day
    "2.1": Meaning.MAILBOX,  # disabled, not accepting messages
    "2.2": Meaning.LATER,  # full
    "2.3": Meaning.MESSAGE,  # longer than the mailbox allows
    "3.1": Meaning.LATER,  # mail system full
    "3.2": Meaning.LATER,  # system not accepting messages
    "3.4": Meaning.MESSAGE,  # too big for the system
    "4.4": Meaning.DOUBTFUL,  # unable to route: the domain may be gone, or our resolver be broken
    "4.6": Meaning.DOUBTFUL,  # loop
    "4.8": Meaning.DOUBTFUL,  # loop to itself
    "4.14": Meaning.DOUBTFUL,  # Exchange: hop count exceeded
    "4.310": Meaning.DOUBTFUL,  # Microsoft 365: the domain does not exist in DNS
    "7.7": Meaning.MESSAGE,  # integrity failure
    "7.17": Meaning.MAILBOX,  # the mailbox has another owner now (RFC 7293)
}
_FAMILIES: dict[str, Meaning] = {
    "1": Meaning.DOUBTFUL,
    "2": Meaning.DOUBTFUL,
    "3": Meaning.US,  # the system: ours or theirs, never the mailbox
    "4": Meaning.LATER,  # network and routing
    "5": Meaning.US,  # protocol
    "6": Meaning.MESSAGE,  # content and media
    "7": Meaning.US,  # security and policy
}
#: Outlook.com and others say 5.5.0 of whatever their 550 is about.
_ANYTHING = ("5", "0")
#: Out of order, not signed in, signed in wrongly (RFC 5321 4.2.4, RFC 4954 6), whatever the words.
_ALWAYS_US = frozenset({"503", "530", "534", "535", "538"})
_ALWAYS_US_CODES = frozenset({"7.8", "7.9", "7.11", "7.12", "7.13", "7.14"})
#: RFC 5321 4.2.2: how commands are written, and what the server can do; nothing about a person.
#: 521 takes no mail at all, 555 knows not our parameters.
_SYNTAX = frozenset({"500", "502", "504", "521", "555"})
#: RFC 7504: the address's domain takes no mail.
_NO_MAIL = "556"
_FULL = "552"

#: A hostile server or a stranger may send pages of it.
_MAX_READ = 4000
_ENHANCED = re.compile(r"(?<![\d.])[245]\.(\d{1,3})\.(\d{1,3})(?![\d.])")
_ADDRESS = re.compile(r"[^\s<>@:;,(]{1,80}@[^\s<>@,;:)]{1,255}")
#: A reply of several lines repeats its codes at the beginning of each.
_CODE_WORDS = re.compile(
    r"(?<![\w.])(?:[245]\d\d[ -])?#?[245]\.\d{1,3}\.\d{1,3}(?![\w.])"
    r"|(?<![\w.])[245]\d\d[ -]"
)


def meaning_of(reply: str, stage: SmtpStage | None = None) -> Meaning:
    """What a reply that is no success means.

    ``reply`` begins with the three digits; ``stage`` is None for a report, where nobody knows it.
    Who is named in the reply changes nothing: addresses are not read.
    """
    reply = _ADDRESS.sub(" ", reply[:_MAX_READ])
    code, words, enhanced = reply[:3], _words(reply), _enhanced(reply)
    if code.startswith("4"):
        found = _first((OF_US,), words)
        return found or Meaning.LATER
    if stage in {SmtpStage.SESSION, SmtpStage.SENDER} or code in _ALWAYS_US:
        return Meaning.US
    if enhanced in _ALWAYS_US_CODES:
        return Meaning.US
    certain = (NOT_NOW_FIRST, OF_US, OF_OUR_RATE, NOT_NOW, OF_THE_MESSAGE, OF_THE_MAILBOX)
    if found := _first(certain, words):
        return found
    if enhanced == "4.1" and EXCHANGE_ONLINE.search(words):
        return Meaning.MAILBOX
    if enhanced in _CODES:
        return _CODES[enhanced]
    if found := _first((OF_US_PERHAPS, PERHAPS_GONE), words):
        return found
    return _by_digits(code, enhanced, stage)


def _by_digits(code: str, enhanced: str, stage: SmtpStage | None) -> Meaning:
    """What is left to go by when neither the words nor the exact code are known."""
    family, _, detail = enhanced.partition(".")
    if family in _FAMILIES and (family, detail) != _ANYTHING:
        return _FAMILIES[family]
    if code in _SYNTAX:
        return Meaning.US
    if code == _NO_MAIL:
        return Meaning.MAILBOX
    if code == _FULL:
        return Meaning.LATER
    if code == "501" and stage is SmtpStage.CONTENT:
        return Meaning.US
    return Meaning.DOUBTFUL


def _first(tables: Sequence[Texts], words: str) -> Meaning | None:
    return next((table.meaning for table in tables if table.pattern.search(words)), None)


def _words(reply: str) -> str:
    """The reply's words as one line, without codes."""
    plain = _CODE_WORDS.sub(" ", reply.replace("\N{RIGHT SINGLE QUOTATION MARK}", "'"))
    return " ".join(plain.casefold().split())


def _enhanced(reply: str) -> str:
    """The subject and detail of the reply's first enhanced code that says anything; "" for none.

    A server that passes on another's words begins with a vague code of its own: ``5.0.350``.
    """
    found = [f"{subject}.{detail}" for subject, detail in _ENHANCED.findall(reply)]
    telling = [code for code in found if not code.startswith("0.")]
    exact = [code for code in telling if not code.endswith(".0")]
    return next(iter([*exact, *telling, *found]), "")
