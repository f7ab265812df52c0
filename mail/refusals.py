"""What a mail server's refusal speaks of: one table, for direct replies and for delivery reports.

Servers agree on the codes only roughly, so a known text weighs more than a code, and a code of
RFC 3463 more than the three digits. Sources stand beside the rows; texts without one are those that
the server named beside them sends by default. What nothing here knows is never taken for a mailbox
that is gone: it is doubtful, and only its repetition over days says more.
"""

import re
from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple


class Stage(StrEnum):
    """How far the exchange had come when the server answered."""

    #: Connecting, TLS, greeting and signing in.
    SESSION = "session"
    SENDER = "sender"
    RECIPIENT = "recipient"
    CONTENT = "content"


class Meaning(StrEnum):
    """What a refusal speaks of, and so what follows."""

    #: There is no such mailbox, or it is closed: no other e-mail will be taken either.
    MAILBOX = "mailbox"
    #: Perhaps the mailbox; perhaps us.
    DOUBTFUL = "doubtful"
    #: Our relay, our name, our reputation: somebody must mend something, then it will be taken.
    US = "us"
    #: This message: its size, its form, what it holds.
    MESSAGE = "message"
    #: Not now.
    LATER = "later"


class _Texts(NamedTuple):
    meaning: Meaning
    pattern: re.Pattern[str]


def _texts(meaning: Meaning, *patterns: str) -> _Texts:
    return _Texts(meaning, re.compile("|".join(patterns)))


_WHO = (
    r"(?:user|recipient|mailbox|mail box|account|addressee|inbox|e-?mail address|local part"
    r"|rcpt(?: to)?|destination address|recipient'?s? address)"
)
_GONE = (
    r"(?:unknown|not found|not exist|doesn'?t exist|invalid|not valid|disabled|inactive|not active"
    r"|deactivated|suspended|expired|closed|terminated|discontinued|deleted|removed|not listed"
    r"|no longer|not known|not recogni[sz]ed|not a (?:valid|known)|nonexistent|non-existent)"
)
#: Our relay, our credentials, our name, our reputation. Also believed with a 4xx.
_OF_US = _texts(
    Meaning.US,
    # Postfix, sendmail, Exim, Exchange ("Unable to relay"), qmail ("rcpthosts").
    r"relay(?:ing)?(?: access)?(?: is| was)?"
    r" (?:denied|not (?:permitted|allowed|authori[sz]ed)|prohibited|disabled|refused|restrict)",
    r"(?:unable|not (?:permitted|allowed|authori[sz]ed|able)|refus\w+) to relay",
    r"(?:don'?t|do not|won'?t|will not|cannot|can'?t) relay", r"rcpthosts", r"open relay",
    # RFC 4954 6, and STARTTLS before anything else (RFC 3207 4).
    r"authentication (?:is )?(?:required|failed|needed|unsuccessful)", r"auth(?:entication)? requ",
    r"not authenticated", r"unauthenticated", r"must (?:first )?authenticate", r"smtp auth",
    r"(?:must issue|requires?|required) (?:a )?starttls", r"starttls (?:is )?(?:required|first)",
    r"password not accepted", r"requires? (?:tls|encryption|authentication)",
    # RFC 7372 and RFC 7489; Gmail's 5.7.25 to 5.7.32; Postfix's reject_unknown_reverse_….
    r"\b(?:spf|dkim|dmarc|rdns)\b", r"sender policy framework", r"\bptr\b",
    r"reverse (?:dns|host|lookup|name)", r"\b(?:helo|ehlo)\b",
    # The sender: Postfix, Exim ("Sender verify failed"), Exchange ("send as this sender").
    r"sender (?:\w+ )?(?:\w+ )?(?:rejected|denied|blocked|refused|failed|not |unknown|is )",
    r"(?:poor|bad|low)\s\w*\s?(?:reputation|sender)", r"\breputation\b", r"blocked senders?",
    r"(?:allowed|permitted|authori[sz]ed|permissions?) to send\b", r"domain of (?:the )?sender",
    r"verif\w+ (?:the )?sender", r"(?:from|return)[- ](?:address|path|header)", r"spoof",
    # Block lists and those who keep them.
    r"(?:black|block|deny)[- ]?list", r"\b(?:rbl|dnsbl|uribl|surbl)\b",
    r"spamhaus|spamcop|barracuda|sorbs|senderscore|senderbase|cloudmark|ipcheck\.proofpoint",
    r"blocked (?:using|by|from|due|- see)", r"\bbanned\b", r"sending ip", r"client host",
    r"will not accept delivery", r"connections? (?:will )?not (?:be )?accepted",
)  # fmt: skip
#: How fast, and how much, we send.
_OF_OUR_RATE = _texts(
    Meaning.US,
    r"\btoo many\b", r"rate[- ]?limit", r"throttl", r"too (?:fast|quickly|frequent)",
    r"frequency", r"(?:sending|daily|hourly)\W+(?:\w+\W+){0,3}?(?:quota|limit)",
    r"(?:exceed\w*|reached)\W+(?:\w+\W+){0,4}?(?:rate|connections|messages|recipients|per hour)",
    r"(?:connection|message|recipient)s? (?:rate|count|number)?\s?limit",
    # Microsoft 365: 5.1.90, the sender's own limit for a day.
    r"limit for (?:message )?recipients",
)  # fmt: skip
#: The mailbox is there: full (RFC 5321 4.2.3, 552), or just now too busy.
_NOT_NOW = _texts(
    Meaning.LATER,
    # Gmail's 5.2.1 of a mailbox that gets too much at once.
    r"receiving mail (?:at a rate|too quickly)",
    r"(?:mail ?box|inbox|account|user|recipient|folder)\W+(?:\w+\W+){0,5}?(?:full|over ?quota)\b",
    r"over ?quota", r"over (?:its |his |her |their )?(?:\w+ )?quota", r"\bfull mail ?box",
    r"quota (?:has been |is |was )?(?:exceeded|full|reached)",
    r"exceed\w*\W+(?:\w+\W+){0,4}?(?:quota|storage)", r"(?:out of|insufficient|not enough)"
    r" (?:\w+ )?(?:space|storage|quota)", r"storage (?:limit|allocation|exceeded)",
    r"mailbox size limit", r"mail ?box (?:\w+ )?exceed", r"no space left",
    r"try(?: it)?(?: again)? later", r"temporar(?:y|ily)", r"gr[ae]y-?list",
    r"(?:server|system|service) (?:is )?(?:too |currently )?(?:busy|overloaded)",
)  # fmt: skip
_OF_THE_MESSAGE = _texts(
    Meaning.MESSAGE,
    r"(?:message|mail|header|line|body)s? (?:\w+ ){0,3}?too (?:large|big|long)",
    r"(?:message|mail) (?:size|length)", r"databytes", r"size (?:limit|exceeds)",
    r"virus|malware|infected|trojan|attachment", r"potential security issue",
    r"(?:message )?content (?:was |is )?(?:rejected|refused|blocked|not accept)",
    r"(?:malformed|invalid|missing|bad|duplicate) (?:message|header|mime|date|body)",
    r"bare (?:lf|cr)",
)  # fmt: skip
_OF_THE_MAILBOX = _texts(
    Meaning.MAILBOX,
    # "Recipient address rejected: User unknown", "mailbox not found", "account is disabled", …
    _WHO + r"\W+(?:\w+\W+){0,6}?" + _GONE,
    r"(?:unknown|no such|invalid|non-?existent|inactive|disabled|unrecogni[sz]ed|not a valid|no)"
    r" (?:local |virtual |such )?(?:user|recipient|mailbox|account|addressee|person"
    r"|e-?mail address|local[- ]part|alias)\b",
    # qmail and netqmail; Gmail; Yahoo; Lotus Domino; Mimecast says "Invalid Recipient".
    r"no mailbox here by that name", r"account that you tried to reach",
    r"does(?:n'?t| not) have an? \S+ account", r"not listed in (?:\w+ )?directory", r"nosuchuser",
    r"recipientnotfound", r"no longer (?:works?|employed|with us|at this (?:company|address))",
    # Outlook.com says the generic text of RFC 5321 with this mark for an unknown mailbox.
    r"mailbox unavailable\W{1,4}s2017062302",
)  # fmt: skip
#: Exchange Online's directory-based edge blocking says 5.4.1 for an unknown mailbox.
_EXCHANGE_ONLINE = re.compile(r"recipient address rejected: access denied")
#: Words that could mean anything of ours, where no code says more.
_OF_US_PERHAPS = _texts(
    Meaning.US,
    r"\bpolic(?:y|ies)\b", r"prohibited", r"\bblocked\b", r"spam|unsolicited|junk", r"abus",
    r"suspicious", r"security", r"not authori[sz]ed", r"(?:access|permission) denied",
    r"not (?:allowed|permitted)", r"service (?:unavailable|refused|denied|not available)",
    r"\bip address\b", r"\bcommand\b",
)  # fmt: skip
_PERHAPS_GONE = _texts(
    Meaning.DOUBTFUL,
    # The generic text of RFC 5321 4.2.3 for 550, which also stands for "access" and "policy".
    r"mailbox (?:is )?(?:unavailable|not available)", r"unrout(?:e)?able", r"undeliverable address",
)  # fmt: skip

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
_CODE_WORDS = re.compile(r"(?<![\w.])(?:[245]\d\d[ -])?#?[245]\.\d{1,3}\.\d{1,3}(?![\w.])"
                         r"|(?<![\w.])[245]\d\d[ -]")  # fmt: skip


def meaning_of(reply: str, stage: Stage | None = None) -> Meaning:
    """What a reply that is no success means.

    ``reply`` begins with the three digits; ``stage`` is None for a report, where nobody knows it.
    Who is named in the reply changes nothing: addresses are not read.
    """
    reply = _ADDRESS.sub(" ", reply[:_MAX_READ])
    code, words, enhanced = reply[:3], _words(reply), _enhanced(reply)
    if code.startswith("4"):
        found = _first((_OF_US,), words)
        return found or Meaning.LATER
    if stage in {Stage.SESSION, Stage.SENDER} or code in _ALWAYS_US:
        return Meaning.US
    if enhanced in _ALWAYS_US_CODES:
        return Meaning.US
    certain = (_NOT_NOW_FIRST, _OF_US, _OF_OUR_RATE, _NOT_NOW, _OF_THE_MESSAGE, _OF_THE_MAILBOX)
    if found := _first(certain, words):
        return found
    if enhanced == "4.1" and _EXCHANGE_ONLINE.search(words):
        return Meaning.MAILBOX
    if enhanced in _CODES:
        return _CODES[enhanced]
    if found := _first((_OF_US_PERHAPS, _PERHAPS_GONE), words):
        return found
    return _by_digits(code, enhanced, stage)


def _by_digits(code: str, enhanced: str, stage: Stage | None) -> Meaning:
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
    if code == "501" and stage is Stage.CONTENT:
        return Meaning.US
    return Meaning.DOUBTFUL


#: Said of a mailbox's rate, in words that elsewhere speak of ours.
_NOT_NOW_FIRST = _texts(Meaning.LATER, r"receiving mail (?:at a rate|too quickly)")


def _first(tables: Sequence[_Texts], words: str) -> Meaning | None:
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
