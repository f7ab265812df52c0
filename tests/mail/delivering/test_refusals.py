"""The one table of refusals, tried on what the world's mail servers say."""

import string

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mail.delivering.refusal_texts import Meaning
from mail.delivering.refusals import SmtpStage, meaning_of

#: What servers answer to RCPT. Addresses are invented; the words are theirs.
AT_RECIPIENT = {
    Meaning.MAILBOX: (
        # Postfix
        (
            "550 5.1.1 <a@example.org>: Recipient address rejected: User unknown in virtual mailbox"
            " table"
        ),
        (
            "550 5.1.1 <a@example.org>: Recipient address rejected: User unknown in relay recipient"
            " table"
        ),
        "550 <a@example.org>: Recipient address rejected: User unknown in local recipient table",
        (
            "550 5.1.1 <a@example.org>: Recipient address rejected: undeliverable address: host"
            " mx.example.org[192.0.2.1] said: 550 5.1.1 user unknown (in reply to RCPT TO command)"
        ),
        # Exim, cPanel
        "550 No such user here",
        '550 No Such User Here"',
        "550 Unknown user",
        # Exchange, Exchange Online
        "550 5.1.1 User unknown",
        "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup",
        "550 5.4.1 Recipient address rejected: Access denied. AS(201806281)",
        "550 5.4.1 [a@example.org]: Recipient address rejected: Access denied",
        # Gmail
        (
            "550-5.1.1 The email account that you tried to reach does not exist. Please try\n"
            "5.1.1 double-checking the recipient's email address for typos or\n"
            "5.1.1 unnecessary spaces. For more information, go to\n"
            "5.1.1  https://support.google.com/mail/?p=NoSuchUser x1-20020a gsmtp"
        ),
        (
            "550 5.2.1 The email account that you tried to reach is disabled. Learn more at"
            " https://support.google.com/mail/?p=DisabledUser"
        ),
        # Yahoo, AOL
        "554 delivery error: dd This user doesn't have a yahoo.com account (a@yahoo.com) [0]",
        (
            "554 delivery error: dd Sorry your message to a@yahoo.com cannot be delivered. This"
            " account has been disabled or discontinued [#102]."
        ),
        "552 1 Requested mail action aborted, mailbox not found",
        "550 5.1.1 <a@aol.com>: Recipient address rejected: aol.com",
        # Outlook.com
        "550 5.5.0 Requested action not taken: mailbox unavailable (S2017062302).",
        # Proofpoint, Mimecast, Barracuda, iCloud, Domino
        "550 5.1.1 User Unknown",
        "550 Invalid Recipient - https://community.mimecast.com/docs/DOC-1369#550",
        "550 5.1.1 <a@icloud.com>: user does not exist",
        "550 a@example.org... No such user",
        "550 User a (a@example.org) not listed in Domino Directory",
        # sendmail, qmail
        "550 5.1.1 <a@example.org>... User unknown",
        "550 5.0.0 <a@example.org>... User unknown",
        "550 sorry, no mailbox here by that name. (#5.1.1)",
        "511 sorry, no mailbox here by that name (#5.1.1 - chkuser)",
        # others
        "550 #5.1.0 Address rejected: unknown recipient",
        "551 5.1.6 mailbox has moved",
        "550 5.2.1 mailbox disabled, not accepting messages",
        "550 Mailbox not found",
        "550 Account is inactive",
        "550 unknown user account",
        "550 Recipient unknown",
        "553 5.3.0 <a@example.org>... No such user",
        "556 5.1.10 Recipient address has null MX",
        "550 5.0.350 Remote server returned an error -> 550 5.1.1 <a@example.org> unknown",
        "501 5.1.3 Invalid address",
        "554 delivery error: dd This user doesn’t have a yahoo.com account [0]",
        "550 5.7.0 forwarded: 5.1.1 said the next one",
    ),
    Meaning.US: (
        # relaying
        "554 5.7.1 <a@example.org>: Relay access denied",
        "550 5.7.1 <a@example.org>... Relaying denied",
        "550 5.7.1 Unable to relay",
        "550 5.7.54 SMTP; Unable to relay recipient in non-accepted domain",
        "550 relay not permitted",
        (
            "550-Please turn on SMTP Authentication in your mail client.\nmail.example.org is not"
            " permitted to relay through this server without authentication."
        ),
        "553 sorry, that domain isn't in my list of allowed rcpthosts (#5.7.1)",
        "550 we do not relay",
        "454 4.7.1 <a@example.org>: Relay access denied",
        # policy and block lists
        "554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using zen.spamhaus.org",
        "550 5.7.0 Blocked - see https://ipcheck.proofpoint.com/?ip=192.0.2.1",
        (
            "550 csi.mimecast.org Poor Reputation Sender. -"
            " https://community.mimecast.com/docs/DOC-1369#550"
        ),
        (
            "550 Administrative prohibition - envelope blocked -"
            " https://community.mimecast.com/docs/DOC-1369#550"
        ),
        (
            "554 Email rejected due to security policies -"
            " https://community.mimecast.com/docs/DOC-1369#554"
        ),
        "550 5.7.606 Access denied, banned sending IP [192.0.2.1]",
        "550 5.7.1 message refused by policy",
        "554 5.7.9 Message not accepted for policy reasons.",
        "554 5.7.1 [HM08] Message rejected due to local policy",
        "550 5.7.0 Local Policy Violation",
        (
            "553 5.7.1 [BL21] Connections will not be accepted from 192.0.2.1, because the ip is in"
            " Spamhaus's list"
        ),
        "550 JunkMail rejected - mx.example.org [192.0.2.1] is in an RBL",
        "521 5.2.1 :  AOL will not accept delivery of this message.",
        "550 5.2.1 Mailbox unavailable. Your IP address 192.0.2.1 is blacklisted",
        "554 5.7.1 <a@example.org>: Recipient address rejected: Access denied",
        "550 5.7.1 Delivery not authorized, message refused",
        # who we are: SPF, DKIM, DMARC, names
        "550-5.7.26 This mail has been blocked because the sender is unauthenticated.",
        "550 5.7.25 The IP address sending this message does not have a PTR record setup",
        "550 5.7.23 The message was rejected because of Sender Policy Framework violation",
        "550 SPF check failed",
        "550 5.7.1 DMARC policy: rejected",
        "504 5.5.2 <localhost>: Helo command rejected: need fully-qualified hostname",
        "450 4.7.1 Client host rejected: cannot find your reverse hostname, [192.0.2.1]",
        "550 Sender verify failed",
        "550 5.1.0 <us@example.com>: Sender address rejected: User unknown in virtual alias table",
        "550 5.1.8 <us@example.com>: Sender address rejected: Domain not found",
        "553 5.1.8 <us@example.com>... Domain of sender address us@example.com does not exist",
        "550 5.7.60 SMTP; Client does not have permissions to send as this sender",
        "550 5.1.7 sender's address is invalid",
        "550 5.7.1 You are not allowed to send mail as us@example.com",
        "550 Anti-Spoofing policy - Inbound not allowed",
        # signing in
        "530 5.7.0 Must issue a STARTTLS command first",
        "530 5.7.1 Authentication required",
        "535 5.7.13 user account disabled",
        "550 5.7.1 Client was not authenticated",
        "503 valid RCPT command must precede DATA",
        # how fast we are
        "550 Connection frequency limited",
        "550 5.7.1 Too many invalid recipients",
        "550 too many connections from your IP",
        "550 5.4.5 Daily user sending quota exceeded.",
        (
            "550 5.1.90 Your message can't be sent because you've reached your daily limit for"
            " message recipients"
        ),
        (
            "554 5.7.0 Your message could not be sent. The limit on the number of allowed outgoing"
            " messages was exceeded. Try again later. Rate limit"
        ),
        # how we speak
        "500 5.5.1 unrecognized command",
        "502 command not implemented",
        "504 parameter not implemented",
        "555 unsupported parameter",
    ),
    Meaning.MESSAGE: (
        "552 5.3.4 Message size exceeds fixed limit",
        "552 sorry, that message size exceeds my databytes limit (#5.3.4)",
        (
            "552-5.7.0 This message was blocked because its content presents a potential\n5.7.0"
            " security issue."
        ),
        "550 5.2.3 RESOLVER.RST.RecipSizeLimit; message too large for this recipient",
        "554 5.7.1 virus found",
        "550 5.6.1 media not supported",
    ),
    Meaning.LATER: (
        "450 4.2.0 greylisted",
        "450 4.1.1 <a@example.org>: unverified address",
        "451 4.3.0 temporary lookup failure",
        "452 4.2.2 The email account that you tried to reach is over quota",
        "421 4.7.0 [TSS04] Messages from 192.0.2.1 temporarily deferred due to user complaints",
        "552 5.2.2 mailbox full",
        "552-5.2.2 The email account that you tried to reach is over quota.",
        "550 5.2.2 <a@example.org>: user is over quota",
        "550 Mailbox is full",
        "554 5.2.2 mailbox full",
        "552 Requested mail action aborted: exceeded storage allocation",
        "552 a",
        (
            "550 5.2.1 The user you are trying to contact is receiving mail at a rate that prevents"
            " additional messages from being delivered."
        ),
        "550 mailbox temporarily disabled",
        "554 5.4.7 delivery time expired",
        "550 5.4.316 Message expired, connection refused",
    ),
    Meaning.DOUBTFUL: (
        "550 no",
        "551 no",
        "553 no",
        "554 no",
        "550 rejected",
        "550 Requested action not taken: mailbox unavailable",
        "550 5.5.0 Requested action not taken: mailbox unavailable",
        "550 Unrouteable address",
        "550 5.1.0 Address rejected",
        "550 5.1.2 bad destination system",
        "550 5.0.0 refused",
        "550 5.4.4 Host or domain name not found. Name service error for name=example.org",
        "550 5.4.6 routing loop detected",
    ),
}
ALL = [(said, meaning) for meaning, replies in AT_RECIPIENT.items() for said in replies]


@pytest.mark.parametrize(("said", "meaning"), ALL)
def test_a_reply_to_rcpt_means_what_its_server_meant(said: str, meaning: Meaning) -> None:
    """Also in a report, where the stage is not known."""
    assert meaning_of(said, SmtpStage.RECIPIENT) is meaning
    assert meaning_of(said) is meaning


@pytest.mark.parametrize("stage", [SmtpStage.SESSION, SmtpStage.SENDER])
@pytest.mark.parametrize("said", [said for said, _ in ALL if said.startswith("5")])
def test_what_is_refused_before_the_recipient_is_named_is_about_us(
    said: str, stage: SmtpStage
) -> None:
    """Nobody else has been named yet, whatever the words."""
    assert meaning_of(said, stage) is Meaning.US


@pytest.mark.parametrize(
    ("said", "meaning"),
    [
        ("500 no", Meaning.US),
        ("501 no", Meaning.US),
        ("502 no", Meaning.US),
        ("503 no", Meaning.US),
        ("504 no", Meaning.US),
        ("554 5.7.1 rejected by policy", Meaning.US),
        ("550 5.7.1 blocked for your reputation", Meaning.US),
        ("550 5.1.1 user unknown", Meaning.MAILBOX),
        ("552 5.3.4 too big", Meaning.MESSAGE),
        ("554 5.6.0 malformed", Meaning.MESSAGE),
        ("554 transaction failed", Meaning.DOUBTFUL),
    ],
)
def test_after_the_content_the_same_table_speaks(said: str, meaning: Meaning) -> None:
    """A server that answers 500 there did not understand us."""
    assert meaning_of(said, SmtpStage.CONTENT) is meaning


NAMES = st.text(string.ascii_lowercase + "._-", min_size=1, max_size=30).map(str)


@example("relay.denied", "spamhaus.org", "550 5.1.1 <{}>: User unknown")
@example("no.such.user", "example.org", "554 5.7.1 <{}>: Relay access denied")
@example("mailbox.full", "blocked-using.example.org", "550 no: {}")
@given(
    NAMES,
    NAMES,
    st.sampled_from(
        [
            "550 5.1.1 <{}>: User unknown",
            "554 5.7.1 <{}>: Relay access denied",
            "550 {} refused",
            "552 5.2.2 <{}> mailbox full",
        ]
    ),
)
def test_whoever_is_named_in_a_reply_changes_nothing(local: str, domain: str, said: str) -> None:
    """A nurse called Full, a hospital called Block: addresses are no words of the server."""
    assert meaning_of(said.format(f"{local}@{domain}"), SmtpStage.RECIPIENT) is meaning_of(
        said.format("a@b.example"), SmtpStage.RECIPIENT
    )


@given(st.sampled_from(ALL), st.sampled_from(["upper", "lines", "spaces"]))
def test_how_a_reply_is_written_changes_nothing(case: tuple[str, Meaning], how: str) -> None:
    """Capitals, more lines with the codes again, more spaces."""
    said, meaning = case
    code, rest = said[:3], said[4:]
    words = rest.split(" ")
    shown = {
        "upper": f"{code} {rest.upper()}",
        "lines": f"{code}-" + f"\n{code}-".join([*words[:1], " ".join(words[1:])]),
        "spaces": f"{code} " + "  ".join(words),
    }[how]

    assert meaning_of(shown, SmtpStage.RECIPIENT) is meaning


@given(st.integers(500, 599), st.text(max_size=200), st.sampled_from([None, *SmtpStage]))
def test_no_noise_is_taken_for_a_mailbox_that_is_gone(
    code: int, noise: str, stage: SmtpStage | None
) -> None:
    """Without a word that is known, and RFC 7504's own code aside, nobody is silenced."""
    if code == 556:
        return
    said = "".join(c for c in noise if not c.isascii() or c in "xyz ")

    assert meaning_of(f"{code} {said}", stage) is not Meaning.MAILBOX


@pytest.mark.parametrize(
    "flood", ["a@" * 200_000, "5.1." * 100_000, "user " * 100_000, "<" * 500_000, "550-" * 100_000]
)
def test_a_flood_is_read_no_further_than_a_reply_reaches(flood: str) -> None:
    """Whoever sends megabytes costs no more than a page."""
    assert meaning_of(f"550 {flood}") is meaning_of(f"550 {flood}"[:4000])
