"""Facts that somebody wrote to break out of a letter."""

import dataclasses
from html.parser import HTMLParser

import pytest

from mail.composing.rendering import render
from mail.facts.letter import LetterFacts
from mail.facts.reminder_letters import CardReminder, ProfileReminder
from mail.facts.request_letters import (
    Activated,
    Activation,
    Correction,
    Rejected,
    Returned,
)
from mail.preview.samples import samples
from mail.settings import MailSettings
from mail.wording.languages import Language
from rules.findings.both_languages import InBoth

SETTINGS = MailSettings(portal_url="https://portal.example.org")
MARKUP = (
    "<script>alert(1)</script><img src=x onerror=alert(1)>\"'><a href=https://evil.example>x</a>"
)
TEMPLATE = "{{ 7 * 7 }}{% raw %}"
BIDI = "\u202eabc\u2069\u2066\u200f"
REJECTED = next(s.facts for s in samples(Language.AR) if isinstance(s.facts, Rejected))
RETURNED = next(s.facts for s in samples(Language.AR) if isinstance(s.facts, Returned))


class _Tags(HTMLParser):
    """What a browser would see."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.targets: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.targets += [value or "" for name, value in attrs if name == "href"]


def _hostile(text: str) -> list[LetterFacts]:
    return [
        dataclasses.replace(
            REJECTED,
            applicant_name_ar=text,
            applicant_name_en=text,
            tracking_code=text,
            reason_ar=text,
            reason_en=text,
            note=text,
        ),
        dataclasses.replace(
            RETURNED,
            corrections=(Correction(field=text, sentence_ar=text, sentence_en=text),),
            note=text,
        ),
        *(
            dataclasses.replace(s.facts, changed_fields=(InBoth(ar=text, en=text),))
            for s in samples(Language.AR)
            if isinstance(s.facts, Activated | Activation)
        ),
        *(
            dataclasses.replace(
                s.facts, applicant_name_ar=text, applicant_name_en=text, registration_number=text
            )
            for s in samples(Language.AR)
            if isinstance(s.facts, CardReminder | ProfileReminder)
        ),
    ]


@pytest.mark.parametrize("facts", _hostile(MARKUP), ids=lambda f: type(f).__name__)
def test_markup_in_a_fact_is_text(facts: LetterFacts) -> None:
    """No element and no link of theirs."""
    seen = _Tags(render(facts, SETTINGS).html)

    assert not {"script", "img"} & set(seen.tags)
    assert not [target for target in seen.targets if "evil" in target]


@pytest.mark.parametrize("facts", _hostile(TEMPLATE), ids=lambda f: type(f).__name__)
def test_a_template_in_a_fact_is_text(facts: LetterFacts) -> None:
    """Facts are never rendered again."""
    words = render(facts, SETTINGS)

    assert "{{ 7 * 7 }}" in words.text
    assert "{{ 7 * 7 }}" in words.html


@pytest.mark.parametrize("facts", _hostile(BIDI), ids=lambda f: type(f).__name__)
def test_isolates_stay_balanced_whatever_a_fact_holds(facts: LetterFacts) -> None:
    """On every line of the text, and no override anywhere."""
    words = render(facts, SETTINGS)
    opened = [sum(line.count(c) for c in "\u2066\u2067\u2068") for line in words.text.splitlines()]
    closed = [line.count("\u2069") for line in words.text.splitlines()]

    assert opened == closed
    assert "\u202e" not in words.subject + words.text + words.html


@pytest.mark.parametrize(
    "facts", _hostile("a\0b\r\n.\r\nQUIT\r\n\x1b[2J"), ids=lambda f: type(f).__name__
)
def test_control_characters_in_a_fact_are_dropped(facts: LetterFacts) -> None:
    """NUL and terminal escapes among them; the subject stays one line."""
    words = render(facts, SETTINGS)

    assert not {"\0", "\x1b", "\r"} & set(words.subject + words.text + words.html)
    assert "\n" not in words.subject


@pytest.mark.parametrize("letter", [CardReminder, ProfileReminder])
def test_a_link_cannot_leave_its_attribute(letter: type[LetterFacts]) -> None:
    """Quotes and ampersands among what a web address may hold."""
    link = "https://portal.example.org/confirm/a?b='onclick=alert(1)'&lt;c"
    facts = next(s.facts for s in samples(Language.AR) if isinstance(s.facts, letter))

    seen = _Tags(render(dataclasses.replace(facts, confirm_url=link), SETTINGS).html)

    assert link in seen.targets


def test_a_huge_note_is_wrapped_and_does_not_take_long() -> None:
    """Rules refuse a hundred thousand characters without a blank; the letter still bears them."""
    facts = dataclasses.replace(REJECTED, note="x" * 100_000)

    words = render(facts, SETTINGS)

    assert max(map(len, words.text.splitlines())) < 100
