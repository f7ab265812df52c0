import dataclasses
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import cast
from uuid import UUID

import pytest

from mail.addresses import AddressMalformed, HeaderUnsafe, envelope_address
from mail.composing.message import Message, compose
from mail.facts.account_letters import AccountFacts
from mail.facts.desk_letters import DeskDigest
from mail.facts.letter import LetterFacts
from mail.facts.reminder_letters import REMINDER_LETTERS, ProfileReminder
from mail.facts.request_letters import Activation
from mail.preview.samples import CREATED_AT, Sample, samples
from mail.settings import MailSettings
from mail.wording.languages import Language

SETTINGS = MailSettings(
    mail_from="letters@mumaris.example.org",
    mail_reply_to="ask@mumaris.example.org",
    portal_url="https://portal.example.org",
)
LETTER_ID = UUID("0b7f7c1e-6c0a-4a57-9d0e-3d2f5e1a9c44")
#: Found by trying: longer than a line, with quotes and commas.
UNQUOTED = 'b "e e; a""dc, c c d f bcfdb";bddb,; e" ;" "fa fc a " b,a ffa defbabef'
ALL = [sample for language in Language for sample in samples(language)]
ARABIC = samples(Language.AR)[0].facts
ENGLISH = samples(Language.EN)[0].facts
ACTIVATION = next(s.facts for s in ALL if isinstance(s.facts, Activation))


def _compose(facts: LetterFacts, to: str = "salma@example.org") -> Message:
    return compose(facts, to=to, letter_id=LETTER_ID, created_at=CREATED_AT, settings=SETTINGS)


def _read(message: Message) -> EmailMessage:
    return message_from_bytes(message.content, policy=default)


def test_the_headers_say_who_writes_to_whom_about_what() -> None:
    """As a mail program reads them."""
    letter = _read(_compose(ENGLISH))

    assert letter["From"] == "Mumaris <letters@mumaris.example.org>"
    assert letter["To"] == "Salma Hashim Al Mithali <salma@example.org>"
    assert letter["Reply-To"] == "ask@mumaris.example.org"
    assert letter["Subject"] == "We received your request MQ7K-29TX"
    assert letter["Date"] == "Wed, 04 Mar 2026 09:30:00 +0300"


def test_the_headers_keep_machines_from_answering() -> None:
    """RFC 3834, and Exchange's own."""
    letter = _read(_compose(ENGLISH))

    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter["X-Auto-Response-Suppress"] == "OOF, AutoReply"
    assert letter["Content-Language"] == "en, ar"


def test_the_message_id_is_the_letters_id_at_the_senders_domain() -> None:
    """Stable, so that a mail program shows a repeated letter once."""
    letter = _read(_compose(ENGLISH))

    assert letter["Message-ID"] == f"<{LETTER_ID}@mumaris.example.org>"


@pytest.mark.parametrize("sample", ALL, ids=lambda s: f"{s.name}.{s.facts.language}")
def test_a_letter_has_a_text_and_an_html_part_that_read_back(sample: Sample) -> None:
    """In UTF-8, the text first as the plainer one."""
    text, html = _read(_compose(sample.facts)).iter_parts()

    assert [text.get_content_type(), html.get_content_type()] == ["text/plain", "text/html"]
    assert [text.get_content_charset(), html.get_content_charset()] == ["utf-8", "utf-8"]
    # A reminder of a card is about no request, and an e-mail about an account says no number.
    is_account = isinstance(sample.facts, AccountFacts | DeskDigest)
    code = (
        sample.facts.applicant_name_en
        if is_account
        else getattr(sample.facts, "tracking_code", "20-104567")
    )
    assert code in cast(EmailMessage, text).get_content()
    assert code in cast(EmailMessage, html).get_content()


@pytest.mark.parametrize("sample", ALL, ids=lambda s: f"{s.name}.{s.facts.language}")
def test_no_line_is_too_long_for_any_server(sample: Sample) -> None:
    """At most 998 octets (RFC 5322 2.1.1), all of them ASCII, ended by CR LF."""
    content = _compose(sample.facts).content

    assert max(map(len, content.split(b"\r\n"))) < 998
    assert content.isascii()
    assert content.count(b"\n") == content.count(b"\r\n")


def test_composing_twice_gives_the_same_bytes() -> None:
    """Boundary, date and identifier are functions of the letter."""
    assert _compose(ARABIC) == _compose(ARABIC)


def test_a_new_link_keeps_the_message_id() -> None:
    """A letter that is composed again after a crash carries another token, and is the same."""
    again = dataclasses.replace(ACTIVATION, activation_url="https://portal.example.org/a/other")

    assert _read(_compose(again))["Message-ID"] == _read(_compose(ACTIVATION))["Message-ID"]
    assert _compose(again).content != _compose(ACTIVATION).content


@pytest.mark.parametrize("letter", sorted(REMINDER_LETTERS))
def test_every_reminder_offers_one_click_to_end_them(letter: str) -> None:
    """RFC 8058: the mail program shows its own button."""
    facts = next(s.facts for s in ALL if isinstance(s.facts, REMINDER_LETTERS[letter]))

    read = _read(_compose(facts))

    assert read["List-Unsubscribe"] == f"<{facts.unsubscribe_url}>"  # type: ignore[attr-defined]  # it is a reminder
    assert read["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_the_link_that_confirms_stands_in_no_header() -> None:
    """Servers log headers."""
    facts = next(s.facts for s in ALL if isinstance(s.facts, ProfileReminder))

    head, _, _ = _compose(facts).content.partition(b"\r\n\r\n")

    assert b"/unsubscribe/" in head
    assert b"/confirm/" not in head


def test_an_arabic_name_reads_back_from_the_header() -> None:
    """Encoded words, and no second address."""
    address = _read(_compose(ARABIC))["To"].addresses

    assert [each.display_name for each in address] == [ARABIC.applicant_name_ar]


def test_the_preferred_language_names_the_sender_and_the_subject() -> None:
    """Arabic for those who prefer it."""
    letter = _read(_compose(ARABIC))

    assert letter["From"].addresses[0].display_name == "ممارس"
    assert letter["Subject"] == "وصلنا طلبك \u2066MQ7K-29TX\u2069"
    assert letter["Content-Language"] == "ar, en"


@pytest.mark.parametrize(
    "name", ["سلمى, " + "المثالية " * 20, 'Salma "X" <a@b.c>, Other', "a,b;c:d", UNQUOTED]
)
def test_a_name_cannot_become_a_second_recipient(name: str) -> None:
    """Also where folding the header loses its quotes, as Python 3.11.7 does with the last one."""
    facts = dataclasses.replace(ARABIC, applicant_name_ar=name)

    addresses = _read(_compose(facts))["To"].addresses

    assert [each.addr_spec for each in addresses] == ["salma@example.org"]


def test_an_arabic_domain_needs_no_special_server() -> None:
    """It has an ASCII form (IDNA)."""
    message = _compose(ENGLISH, to="salma@موقع.example")

    assert not message.needs_smtputf8
    assert _read(message)["To"].addresses[0].domain == "xn--4gbrim.example"


def test_an_arabic_local_part_needs_smtputf8() -> None:
    """It has no ASCII form."""
    message = _compose(ENGLISH, to="سلمى@example.org")

    assert message.needs_smtputf8
    assert "<سلمى@example.org>".encode() in message.content


@pytest.mark.parametrize(
    "bad", ["\r\nBcc: x@example.org", "\n", "\r", "\0", "\x0b", "\x85", "\u2028"]
)
def test_no_header_takes_a_line_break_from_a_name(bad: str) -> None:
    """Header injection is an error that names the header, not the value."""
    facts = dataclasses.replace(ENGLISH, applicant_name_en=f"Salma{bad}Mithali")

    with pytest.raises(HeaderUnsafe, match="To") as refused:
        _compose(facts)

    assert "Salma" not in str(refused.value)


@pytest.mark.parametrize("bad", ["a@example.org\r\nBcc: b@example.org", "a\0@example.org"])
def test_no_header_takes_a_line_break_from_an_address(bad: str) -> None:
    """Nor does the envelope."""
    with pytest.raises(HeaderUnsafe, match="To"):
        _compose(ENGLISH, to=bad)


@pytest.mark.parametrize(
    "bad",
    [
        "",
        "salma",
        "@example.org",
        "salma@",
        "a@b@example.org",
        "a@example.org, b@example.org",
        "Salma <salma@example.org>",
        "a b@example.org",
        "a@example..org",
        "a\u202e@example.org",
        "a" * 65 + "@example.org",
        "a@" + "b" * 64 + ".org",
        "a@" + ".".join(["b" * 60] * 5),
    ],
)
def test_what_is_not_exactly_one_address_is_refused(bad: str) -> None:
    """Whatever a caller passes."""
    with pytest.raises(AddressMalformed, match="To"):
        envelope_address(bad, "To")


def test_a_message_does_not_show_itself() -> None:
    """Its content is personal."""
    assert "salma" not in repr(_compose(ENGLISH)).lower()
