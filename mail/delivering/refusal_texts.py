"""What mail servers say when they refuse, and what each text speaks of.

Sources stand beside the rows; texts without one are those that the server named beside them sends
by default.
"""

import re
from enum import StrEnum
from typing import NamedTuple


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


class Texts(NamedTuple):
    """Texts that mean the same."""

    meaning: Meaning
    pattern: re.Pattern[str]


def _texts(meaning: Meaning, *patterns: str) -> Texts:
    return Texts(meaning, re.compile("|".join(patterns)))


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
OF_US = _texts(
    Meaning.US,
    # Postfix, sendmail, Exim, Exchange ("Unable to relay"), qmail ("rcpthosts").
    r"relay(?:ing)?(?: access)?(?: is| was)?"
    r" (?:denied|not (?:permitted|allowed|authori[sz]ed)|prohibited|disabled|refused|restrict)",
    r"(?:unable|not (?:permitted|allowed|authori[sz]ed|able)|refus\w+) to relay",
    r"(?:don'?t|do not|won'?t|will not|cannot|can'?t) relay",
    r"rcpthosts",
    r"open relay",
    # RFC 4954 6, and STARTTLS before anything else (RFC 3207 4).
    r"authentication (?:is )?(?:required|failed|needed|unsuccessful)",
    r"auth(?:entication)? requ",
    r"not authenticated",
    r"unauthenticated",
    r"must (?:first )?authenticate",
    r"smtp auth",
    r"(?:must issue|requires?|required) (?:a )?starttls",
    r"starttls (?:is )?(?:required|first)",
    r"password not accepted",
    r"requires? (?:tls|encryption|authentication)",
    # RFC 7372 and RFC 7489; Gmail's 5.7.25 to 5.7.32; Postfix's reject_unknown_reverse_….
    r"\b(?:spf|dkim|dmarc|rdns)\b",
    r"sender policy framework",
    r"\bptr\b",
    r"reverse (?:dns|host|lookup|name)",
    r"\b(?:helo|ehlo)\b",
    # The sender: Postfix, Exim ("Sender verify failed"), Exchange ("send as this sender").
    r"sender (?:\w+ )?(?:\w+ )?(?:rejected|denied|blocked|refused|failed|not |unknown|is )",
    r"(?:poor|bad|low)\s\w*\s?(?:reputation|sender)",
    r"\breputation\b",
    r"blocked senders?",
    r"(?:allowed|permitted|authori[sz]ed|permissions?) to send\b",
    r"domain of (?:the )?sender",
    r"verif\w+ (?:the )?sender",
    r"(?:from|return)[- ](?:address|path|header)",
    r"spoof",
    # Block lists and those who keep them.
    r"(?:black|block|deny)[- ]?list",
    r"\b(?:rbl|dnsbl|uribl|surbl)\b",
    r"spamhaus|spamcop|barracuda|sorbs|senderscore|senderbase|cloudmark|ipcheck\.proofpoint",
    r"blocked (?:using|by|from|due|- see)",
    r"\bbanned\b",
    r"sending ip",
    r"client host",
    r"will not accept delivery",
    r"connections? (?:will )?not (?:be )?accepted",
)
#: How fast, and how much, we send.
OF_OUR_RATE = _texts(
    Meaning.US,
    r"\btoo many\b",
    r"rate[- ]?limit",
    r"throttl",
    r"too (?:fast|quickly|frequent)",
    r"frequency",
    r"(?:sending|daily|hourly)\W+(?:\w+\W+){0,3}?(?:quota|limit)",
    r"(?:exceed\w*|reached)\W+(?:\w+\W+){0,4}?(?:rate|connections|messages|recipients|per hour)",
    r"(?:connection|message|recipient)s? (?:rate|count|number)?\s?limit",
    # Microsoft 365: 5.1.90, the sender's own limit for a day.
    r"limit for (?:message )?recipients",
)
#: Said of a mailbox's rate (Gmail's 5.2.1), in words that elsewhere speak of ours.
NOT_NOW_FIRST = _texts(Meaning.LATER, r"receiving mail (?:at a rate|too quickly)")
#: The mailbox is there: full (RFC 5321 4.2.3, 552), or just now too busy.
NOT_NOW = _texts(
    Meaning.LATER,
    r"(?:mail ?box|inbox|account|user|recipient|folder)\W+(?:\w+\W+){0,5}?(?:full|over ?quota)\b",
    r"over ?quota",
    r"over (?:its |his |her |their )?(?:\w+ )?quota",
    r"\bfull mail ?box",
    r"quota (?:has been |is |was )?(?:exceeded|full|reached)",
    r"exceed\w*\W+(?:\w+\W+){0,4}?(?:quota|storage)",
    r"(?:out of|insufficient|not enough)"
    r" (?:\w+ )?(?:space|storage|quota)",
    r"storage (?:limit|allocation|exceeded)",
    r"mailbox size limit",
    r"mail ?box (?:\w+ )?exceed",
    r"no space left",
    r"try(?: it)?(?: again)? later",
    r"temporar(?:y|ily)",
    r"gr[ae]y-?list",
    r"(?:server|system|service) (?:is )?(?:too |currently )?(?:busy|overloaded)",
)
OF_THE_MESSAGE = _texts(
    Meaning.MESSAGE,
    r"(?:message|mail|header|line|body)s? (?:\w+ ){0,3}?too (?:large|big|long)",
    r"(?:message|mail) (?:size|length)",
    r"databytes",
    r"size (?:limit|exceeds)",
    r"virus|malware|infected|trojan|attachment",
    r"potential security issue",
    r"(?:message )?content (?:was |is )?(?:rejected|refused|blocked|not accept)",
    r"(?:malformed|invalid|missing|bad|duplicate) (?:message|header|mime|date|body)",
    r"bare (?:lf|cr)",
)
OF_THE_MAILBOX = _texts(
    Meaning.MAILBOX,
    # "Recipient address rejected: User unknown", "mailbox not found", "account is disabled", …
    _WHO + r"\W+(?:\w+\W+){0,6}?" + _GONE,
    r"(?:unknown|no such|invalid|non-?existent|inactive|disabled|unrecogni[sz]ed|not a valid|no)"
    r" (?:local |virtual |such )?(?:user|recipient|mailbox|account|addressee|person"
    r"|e-?mail address|local[- ]part|alias)\b",
    # qmail and netqmail; Gmail; Yahoo; Lotus Domino; Mimecast says "Invalid Recipient".
    r"no mailbox here by that name",
    r"account that you tried to reach",
    r"does(?:n'?t| not) have an? \S+ account",
    r"not listed in (?:\w+ )?directory",
    r"nosuchuser",
    r"recipientnotfound",
    r"no longer (?:works?|employed|with us|at this (?:company|address))",
    # Outlook.com says the generic text of RFC 5321 with this mark for an unknown mailbox.
    r"mailbox unavailable\W{1,4}s2017062302",
)
#: Exchange Online's directory-based edge blocking says 5.4.1 for an unknown mailbox.
EXCHANGE_ONLINE = re.compile(r"recipient address rejected: access denied")
#: Words that could mean anything of ours, where no code says more.
OF_US_PERHAPS = _texts(
    Meaning.US,
    r"\bpolic(?:y|ies)\b",
    r"prohibited",
    r"\bblocked\b",
    r"spam|unsolicited|junk",
    r"abus",
    r"suspicious",
    r"security",
    r"not authori[sz]ed",
    r"(?:access|permission) denied",
    r"not (?:allowed|permitted)",
    r"service (?:unavailable|refused|denied|not available)",
    r"\bip address\b",
    r"\bcommand\b",
)
PERHAPS_GONE = _texts(
    Meaning.DOUBTFUL,
    # The generic text of RFC 5321 4.2.3 for 550, which also stands for "access" and "policy".
    r"mailbox (?:is )?(?:unavailable|not available)",
    r"unrout(?:e)?able",
    r"undeliverable address",
)
