"""Letters by skeleton, against letters composed one by one."""

from dataclasses import replace
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import EmailMessage
from typing import cast
from uuid import UUID

import pytest

from mail.compose import Message, compose
from mail.languages import Language
from mail.letter_facts import LetterFacts
from mail.samples import CREATED_AT, TO_ADDRESS, Sample, samples
from mail.settings import MailSettings
from mail.skeleton import Skeletons

SETTINGS = MailSettings(
    portal_url="https://portal.example.org",
    mail_from="cards@example.org",
    mail_reply_to="ask@example.org",
    authority_name_ar="هيئة المثال للتخصصات الصحية",
)
LETTER = UUID("5c1ad6a6-6e7e-4b53-9d53-0f3f2d3e9d11")
REMINDERS = [
    sample
    for language in Language
    for sample in samples(language)
    if sample.name.startswith(("card-reminder", "renewal-waiting", "profile-reminder"))
]
HOSTILE = (
    "<script>alert(1)</script> & Co",
    "Maximiliana-Josephine Featherstonehaugh O'Callaghan-Winterbottom of Somewhere Far Away",
    "عبدالرحمن بن عبدالعزيز بن عبدالرحمن آل المثالي الطويل جدا جدا جدا",
    'Name, "quoted" (comment) <other@example.org>; a@b.example',
    "{{ 7 * 7 }} {% raw %}",
    "here \u202eoverride\u2069 end",
    "O'Neil-Smith Jr.",
    "\ue000applicant_name_ar\ue001",
)


def both(facts: LetterFacts, to: str = TO_ADDRESS) -> tuple[EmailMessage, EmailMessage]:
    """The letter by skeleton, and as it is composed alone."""
    by_skeleton = Skeletons(SETTINGS).compose(facts, to=to, letter_id=LETTER, created_at=CREATED_AT)
    alone = compose(facts, to=to, letter_id=LETTER, created_at=CREATED_AT, settings=SETTINGS)
    assert by_skeleton.message_id == alone.message_id
    assert recipient(by_skeleton) == recipient(alone)
    return parsed(by_skeleton), parsed(alone)


def parsed(message: Message) -> EmailMessage:
    return cast(EmailMessage, message_from_bytes(message.content, policy=policy.default))


def headers(message: EmailMessage) -> dict[str, str]:
    return {name: str(value) for name, value in message.items() if name != "To"}


def recipient(message: Message) -> str:
    """As RFC 2047 6.2 has it; the new parser of Python 3.11 keeps blanks between encoded words."""
    found = str(message_from_bytes(message.content)["To"])
    return " ".join(str(make_header(decode_header(found))).replace('"', "").split())


def assert_same(first: EmailMessage, second: EmailMessage) -> None:
    assert headers(first) == headers(second)
    assert not any(part.defects for part in first.walk())
    for one, other in zip(first.iter_parts(), second.iter_parts(), strict=True):
        # The standard library repeats MIME-Version in a part, where it says nothing.
        del one["MIME-Version"], other["MIME-Version"]
        assert one.items() == other.items()
        assert cast(EmailMessage, one).get_content() == cast(EmailMessage, other).get_content()


@pytest.mark.parametrize("sample", REMINDERS, ids=lambda s: f"{s.name}.{s.facts.language}")
def test_a_letter_by_skeleton_reads_as_one_composed_alone(sample: Sample) -> None:
    """Every header, and both parts to the character."""
    assert_same(*both(sample.facts))


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_reads_as_in_a_letter_composed_alone(name: str, language: Language) -> None:
    """Escaped, cleaned and wrapped in the same way, in headers too."""
    sample = next(s for s in REMINDERS if s.facts.language is language)

    assert_same(*both(replace(sample.facts, applicant_name_ar=name, applicant_name_en=name)))


def test_a_skeleton_keeps_nothing_of_the_person_it_was_made_for() -> None:
    """Filled for two people, it tells neither of the other."""
    facts = REMINDERS[0].facts
    skeletons = Skeletons(SETTINGS)
    other = replace(facts, applicant_name_ar="هدى", applicant_name_en="Huda")

    skeletons.compose(facts, to=TO_ADDRESS, letter_id=LETTER, created_at=CREATED_AT)
    second = parsed(
        skeletons.compose(other, to="huda@example.org", letter_id=LETTER, created_at=CREATED_AT)
    )

    assert_same(second, both(other, to="huda@example.org")[1])
    assert "Salma" not in second.as_string()


def test_a_name_that_looks_encoded_is_shown_as_it_was_typed() -> None:
    """Nobody can smuggle characters past us in an encoded word."""
    facts = replace(REMINDERS[0].facts, applicant_name_ar="=?utf-8?q?forged?=")

    letter = Skeletons(SETTINGS).compose(
        facts, to=TO_ADDRESS, letter_id=LETTER, created_at=CREATED_AT
    )

    assert recipient(letter) == f"=?utf-8?q?forged?= <{TO_ADDRESS}>"


def test_an_address_beyond_ascii_gets_the_same_letter() -> None:
    """By the slow way."""
    assert_same(*both(REMINDERS[0].facts, to="سلمى@example.org"))


def test_a_reminder_can_be_refused_with_one_click() -> None:
    """The two headers of RFC 8058, plain and not encoded."""
    facts = REMINDERS[0].facts
    content = (
        Skeletons(SETTINGS)
        .compose(facts, to=TO_ADDRESS, letter_id=LETTER, created_at=CREATED_AT)
        .content
    )

    assert f"List-Unsubscribe: <{facts.unsubscribe_url}>\r\n".encode() in content  # type: ignore[attr-defined]  # it is a reminder
    assert b"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" in content


@pytest.mark.parametrize("sample", samples(Language.EN), ids=lambda s: s.name)
def test_only_reminders_can_be_refused(sample: Sample) -> None:
    """An activation link must always arrive."""
    alone = both_headers(sample)

    assert ("List-Unsubscribe" in alone) == (sample in REMINDERS)


def both_headers(sample: Sample) -> EmailMessage:
    return parsed(
        compose(
            sample.facts, to=TO_ADDRESS, letter_id=LETTER, created_at=CREATED_AT, settings=SETTINGS
        )
    )
