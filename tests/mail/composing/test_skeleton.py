"""Letters by skeleton, against letters composed one by one."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import EmailMessage
from typing import cast
from uuid import UUID

import pytest

from mail.composing.message import Message, compose
from mail.composing.skeleton import SLOTS, Skeletons
from mail.facts.letter import LetterFacts, letter_name
from mail.facts.reminder_letters import CardReminder, ProfileReminder
from mail.facts.request_letters import Activation
from mail.facts.stored import LETTERS, secrets_of
from mail.preview.samples import CREATED_AT, TO_ADDRESS, Sample, samples
from mail.settings import MailSettings
from mail.wording.languages import Language

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
    if sample.name.startswith(("card-reminder", "renewal-", "profile-reminder", "reminder-"))
]
ALL = [sample for language in Language for sample in samples(language)]
WITH_INSTANTS = [
    sample for sample in ALL if any(isinstance(v, datetime) for v in vars(sample.facts).values())
]
#: One for each letter, and a card reminder that asks to confirm beside one that does not.
KINDS = [
    next(s for s in REMINDERS if s.name == name)
    for name in (
        "card-reminder-90-days",
        "card-reminder-30-days",
        "renewal-waiting-returned",
        "profile-reminder-confirmed-long-ago",
        "profile-reminder-confirmed-never",
    )
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
LINKS = (
    "https://portal.example.org/a?b=1&c='2'&lt;",
    "http://portal.example.org/" + "x" * 90,
    "https://https://unsubscribe_url",
)


def both(facts: LetterFacts, to: str = TO_ADDRESS) -> tuple[EmailMessage, EmailMessage]:
    """The letter by skeleton, and as it is composed alone."""
    by_skeleton = Skeletons(SETTINGS).compose(facts, to=to, letter_id=LETTER, created_at=CREATED_AT)
    alone = compose(facts, to=to, letter_id=LETTER, created_at=CREATED_AT, settings=SETTINGS)
    assert recipient(by_skeleton) == recipient(alone)
    letters = parsed(by_skeleton), parsed(alone)
    assert letters[0]["Message-ID"] == letters[1]["Message-ID"]
    return letters


def parsed(message: Message) -> EmailMessage:
    return cast(EmailMessage, message_from_bytes(message.content, policy=policy.default))


def headers(message: EmailMessage) -> dict[str, str]:
    return {name: str(value) for name, value in message.items() if name != "To"}


def recipient(message: Message) -> str:
    """As RFC 2047 6.2 has it; the new parser of Python 3.11 keeps blanks between encoded words."""
    found = str(message_from_bytes(message.content)["To"])
    return " ".join(str(make_header(decode_header(found))).replace('"', "").split())


def readable(message: EmailMessage) -> str:
    """Both parts as a person sees them, in one line."""
    parts = [cast(EmailMessage, part).get_content() for part in message.iter_parts()]
    return " ".join("".join(parts).split())


def assert_same(first: EmailMessage, second: EmailMessage) -> None:
    assert headers(first) == headers(second)
    assert not any(part.defects for part in first.walk())
    for one, other in zip(first.iter_parts(), second.iter_parts(), strict=True):
        # The standard library repeats MIME-Version in a part, where it says nothing.
        del one["MIME-Version"], other["MIME-Version"]
        assert one.items() == other.items()
        assert cast(EmailMessage, one).get_content() == cast(EmailMessage, other).get_content()


@pytest.mark.parametrize("sample", ALL, ids=lambda s: f"{s.name}.{s.facts.language}")
def test_a_letter_by_skeleton_reads_as_one_composed_alone(sample: Sample) -> None:
    """Every header, and both parts to the character."""
    assert_same(*both(sample.facts))


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("letter", [CardReminder, ProfileReminder, Activation])
@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_reads_as_in_a_letter_composed_alone(
    name: str, letter: type[LetterFacts], language: Language
) -> None:
    """Escaped, cleaned and wrapped in the same way, in headers too."""
    facts = next(
        s.facts for s in ALL if isinstance(s.facts, letter) and s.facts.language is language
    )

    assert_same(*both(replace(facts, applicant_name_ar=name, applicant_name_en=name)))


@pytest.mark.parametrize("sample", KINDS, ids=lambda s: s.name)
@pytest.mark.parametrize("link", LINKS)
def test_a_link_reads_as_in_a_letter_composed_alone(link: str, sample: Sample) -> None:
    """Every link of the letter, escaped in the same way, and with its own scheme."""
    links = dict.fromkeys(secrets_of(letter_name(type(sample.facts))), link)

    assert_same(*both(replace(sample.facts, **links)))


@pytest.mark.parametrize("sample", KINDS, ids=lambda s: s.name)
def test_a_skeleton_keeps_nothing_of_the_person_it_was_made_for(sample: Sample) -> None:
    """Filled for two people, it tells neither of the other."""
    facts = sample.facts
    skeletons = Skeletons(SETTINGS)
    links = {
        name: f"https://portal.example.org/{name}/of-huda"
        for name in secrets_of(letter_name(type(facts)))
    }
    other = replace(facts, applicant_name_ar="هدى", applicant_name_en="Huda", **links)

    skeletons.compose(facts, to=TO_ADDRESS, letter_id=LETTER, created_at=CREATED_AT)
    second = parsed(
        skeletons.compose(other, to="huda@example.org", letter_id=LETTER, created_at=CREATED_AT)
    )

    assert_same(second, both(other, to="huda@example.org")[1])
    assert "Salma" not in readable(second)
    before = {getattr(facts, name) for name in links} - {""}
    assert not [link for link in before if link in readable(second)]


def test_every_secret_of_a_letter_is_a_place_of_its_skeleton() -> None:
    """Skeletons are kept, and secrets are not; nor does a letter's own link make one of its own."""
    secrets = {secret for letter in LETTERS for secret in secrets_of(letter)}

    assert secrets <= set(SLOTS)


def test_a_letter_that_asks_to_confirm_shares_no_skeleton_with_one_that_does_not() -> None:
    """Whichever of them comes first."""
    asking = KINDS[0].facts
    silent = replace(asking, confirm_profile=False, confirm_url="")  # type: ignore[call-arg]  # it is a CardReminder
    skeletons = Skeletons(SETTINGS)

    found = [
        parsed(skeletons.compose(each, to=TO_ADDRESS, letter_id=LETTER, created_at=CREATED_AT))
        for each in (silent, asking, silent)
    ]

    assert ["/confirm/" in readable(each) for each in found] == [False, True, False]


def test_profiles_that_were_confirmed_on_different_days_share_no_skeleton() -> None:
    """The day is said in words, which a skeleton cannot fill."""
    facts = KINDS[3].facts
    skeletons = Skeletons(SETTINGS)
    days = (date(2024, 11, 17), None, date(2024, 11, 18))

    found = [
        parsed(
            skeletons.compose(
                replace(facts, last_confirmed_on=day),  # type: ignore[call-arg]  # it is a ProfileReminder
                to=TO_ADDRESS,
                letter_id=LETTER,
                created_at=CREATED_AT,
            )
        )
        for day in days
    ]

    assert ["Sunday 17 " in readable(each) for each in found] == [True, False, False]
    assert ["Monday 18 " in readable(each) for each in found] == [False, False, True]


@pytest.mark.parametrize("sample", WITH_INSTANTS, ids=lambda s: f"{s.name}.{s.facts.language}")
@pytest.mark.parametrize("later", [timedelta(seconds=29), timedelta(minutes=1)])
def test_letters_of_one_minute_share_a_skeleton_and_say_what_each_would_alone(
    sample: Sample, later: timedelta
) -> None:
    """A file's links expire seconds apart, and a letter says no seconds."""
    earlier = moved_by(sample.facts, timedelta(0))
    facts = moved_by(sample.facts, later)
    skeletons = Skeletons(SETTINGS)

    skeletons.compose(earlier, to=TO_ADDRESS, letter_id=LETTER, created_at=CREATED_AT)
    second = skeletons.compose(facts, to=TO_ADDRESS, letter_id=LETTER, created_at=CREATED_AT)

    assert_same(parsed(second), both(facts)[1])
    assert len(skeletons._kept) == (1 if later < timedelta(minutes=1) else 2)


def moved_by(facts: LetterFacts, later: timedelta) -> LetterFacts:
    """The same, so much after the beginning of each instant's minute."""
    moved = {
        name: value.replace(second=0) + later
        for name, value in vars(facts).items()
        if isinstance(value, datetime)
    }
    return replace(facts, **moved)  # type: ignore[arg-type]  # all of them are instants


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


@pytest.mark.parametrize("sample", KINDS, ids=lambda s: s.name)
def test_a_reminder_can_be_refused_with_one_click(sample: Sample) -> None:
    """The two headers of RFC 8058, plain and not encoded."""
    facts = sample.facts
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
