from pathlib import Path

import pytest
from jinja2 import meta

from mail.composing.rendering import TEMPLATES, TemplateBroken, _environment, _fill, _words, render
from mail.facts.letter import LetterFacts, letter_name
from mail.facts.stored import LETTERS
from mail.preview.samples import Sample, samples
from mail.settings import MailSettings
from mail.wording.languages import Language

SETTINGS = MailSettings(portal_url="https://portal.example.org", mail_reply_to="ask@example.org")
ALL = [sample for language in Language for sample in samples(language)]
FILES = sorted(
    path.relative_to(TEMPLATES)
    for path in TEMPLATES.glob("*/*.*")
    if not path.parent.name.startswith("_")
)
EXPECTED = {
    f"{part}.{language}.{form}"
    for part, form in (("subject", "txt"), ("preheader", "txt"), ("body", "txt"), ("body", "html"))
    for language in Language
}


def _facts_said(path: Path) -> set[str]:
    environment = _environment("html" if path.suffix == ".html" else "txt", Language.AR)
    template = environment.parse((TEMPLATES / path).read_text("utf-8"))
    # ``parts`` is the imported macros, not a fact.
    return meta.find_undeclared_variables(template) - {"changes", "parts"}


SAID = [(path, fact) for path in FILES for fact in sorted(_facts_said(path))]


def test_every_letter_has_its_folder_and_nothing_else_has() -> None:
    """The class names and the folders are the same list."""
    assert {path.parent.name for path in FILES} == set(LETTERS)


@pytest.mark.parametrize("letter", sorted(LETTERS))
def test_every_letter_has_its_eight_files(letter: str) -> None:
    """A subject, a preheader and two bodies in each language."""
    assert {path.name for path in FILES if path.parent.name == letter} == EXPECTED


@pytest.mark.parametrize("sample", ALL, ids=lambda s: f"{s.name}.{s.facts.language}")
def test_every_letter_renders_in_both_languages(sample: Sample) -> None:
    """The preferred language first, in both forms."""
    words = render(sample.facts, SETTINGS)
    first, second = ("مرحبًا", "Hello") if sample.facts.language == "ar" else ("Hello", "مرحبًا")

    assert 0 < words.text.index(first) < words.text.index(second)
    assert 0 < words.html.index(first) < words.html.index(second)


@pytest.mark.parametrize("sample", ALL, ids=lambda s: f"{s.name}.{s.facts.language}")
def test_a_subject_is_one_short_line(sample: Sample) -> None:
    """With nothing of Jinja left in it, and no name."""
    subject = render(sample.facts, SETTINGS).subject

    assert len(subject.splitlines()) == 1
    assert 10 < len(subject) < 90
    assert "{" not in subject
    name = sample.facts.applicant_name_en
    assert not name or name not in subject


@pytest.mark.parametrize("sample", ALL, ids=lambda s: f"{s.name}.{s.facts.language}")
def test_a_letter_holds_no_leftovers(sample: Sample) -> None:
    """No None, no repr, no Jinja, nothing remote."""
    words = render(sample.facts, SETTINGS)

    assert "None" not in words.text + words.html
    assert "{{" not in words.text + words.html
    assert "<img" not in words.html
    assert "url(" not in words.html


@pytest.mark.parametrize(("path", "fact"), SAID, ids=str)
def test_a_template_without_one_of_its_facts_is_an_error(path: Path, fact: str) -> None:
    """Whichever fact it is: StrictUndefined, in every file and language."""
    sample = next(s for s in ALL if letter_name(type(s.facts)) == path.parent.name)
    words = _words(sample.facts, SETTINGS)
    form, language = path.suffix.removeprefix("."), Language(path.stem.rpartition(".")[2])
    del words[fact]

    with pytest.raises(TemplateBroken, match=fact):
        _fill("html" if form == "html" else "txt", language, str(path), words)


def test_rendering_twice_gives_the_same_words() -> None:
    """Nothing depends on the clock or on chance."""
    facts = ALL[0].facts

    assert render(facts, SETTINGS).html == render(facts, SETTINGS).html


def test_a_reference_in_arabic_text_is_isolated() -> None:
    """In the subject, the text and the HTML."""
    activation = next(s.facts for s in samples(Language.AR) if s.name == "activation")

    words = render(activation, SETTINGS)

    assert "\u2066MPU-1447-000012-9\u2069" in words.subject
    assert "الرقم المرجعي: \u2066MPU-1447-000012-9\u2069" in words.text
    assert '<bdi dir="ltr">MPU-1447-000012-9</bdi>' in words.html


def test_a_link_in_plain_text_stands_alone_without_invisible_characters() -> None:
    """Mail programs would take them for a part of the link."""
    activation = next(s.facts for s in samples(Language.AR) if s.name == "activation")

    words = render(activation, SETTINGS)

    assert words.text.splitlines().count(activation.activation_url) == 2  # type: ignore[attr-defined]  # it is an Activation


def test_a_date_in_html_keeps_in_one_line() -> None:
    """A number at the end of one line and its month in the next are hard to read."""
    activation = next(s.facts for s in samples(Language.AR) if s.name == "activation")

    html = render(activation, SETTINGS).html

    assert "Wednesday 11\u00a0March\u00a02026 (22\u00a0Ramadan\u00a01447\u00a0AH)" in html
    assert "الموافق 11\u00a0مارس\u00a02026\u00a0م" in html


def test_a_date_that_was_typed_into_a_note_keeps_its_order() -> None:
    """After an Arabic letter it would be shown backwards."""
    returned = next(s.facts for s in samples(Language.AR) if s.name == "returned")

    words = render(returned, SETTINGS)

    assert "\u20662025-10-01\u2069" in words.text
    assert '<bdi dir="ltr">2025-10-01</bdi>' in words.html


def test_hours_that_were_not_added_are_not_mentioned() -> None:
    """No "0 hours"."""
    activated = next(s.facts for s in samples(Language.EN) if s.name == "activated-0-hours")

    assert "CPD" not in render(activated, SETTINGS).text


def _of(name: str, language: Language = Language.EN) -> LetterFacts:
    return next(s.facts for s in samples(language) if s.name == name)


def test_a_profile_reminder_tells_when_the_data_were_last_confirmed() -> None:
    """In both calendars and languages."""
    words = render(_of("profile-reminder-confirmed-long-ago", Language.AR), SETTINGS)
    said = " ".join(words.text.split())

    assert "يوم الأحد \u206715 جمادى الأولى 1446 هـ\u2069 الموافق" in said
    assert (
        "last confirmed your details on Sunday 17 November 2024 (15 Jumada al-Ula 1446 AH)." in said
    )


def test_a_profile_that_was_never_confirmed_is_not_said_to_have_been() -> None:
    """Nor is a day invented."""
    words = render(_of("profile-reminder-confirmed-never"), SETTINGS)

    assert "You have not yet confirmed the details" in words.text
    assert "لم يسبق تأكيد بياناتك" in words.html
    assert "last confirmed" not in words.text
    assert "آخر تأكيد" not in words.html


@pytest.mark.parametrize("name", ["long-ago", "never"])
def test_a_profile_reminder_does_not_speak_of_a_card(name: str) -> None:
    """Not where it tells why it came, either."""
    words = render(_of(f"profile-reminder-confirmed-{name}"), SETTINGS)

    assert "your card" not in words.text + words.html
    assert "registration card" not in words.text + words.html
    assert "بطاقت" not in words.text + words.html


@pytest.mark.parametrize(
    "name", ["profile-reminder-confirmed-long-ago", "card-reminder-90-days"], ids=str
)
def test_a_letter_that_asks_to_confirm_has_the_link_in_both_languages(name: str) -> None:
    """In plain text on a line of its own."""
    facts = _of(name)
    link = facts.confirm_url  # type: ignore[attr-defined]  # both letters have it

    words = render(facts, SETTINGS)

    assert words.text.splitlines().count(link) == 2
    assert words.html.count(f'href="{link}"') >= 2


def test_a_card_reminder_has_one_main_button_which_renews() -> None:
    """Confirming the profile stands below it, and more quietly."""
    facts = _of("card-reminder-90-days")

    english = render(facts, SETTINGS).html.partition('lang="ar"')[0]

    assert english.count('class="button"') == 1
    assert english.index("Renew your card") < english.index("Check and confirm your details")


def test_a_card_reminder_that_does_not_ask_says_nothing_of_confirming() -> None:
    """Most people have confirmed."""
    words = render(_of("card-reminder-30-days"), SETTINGS)

    assert "confirm" not in words.text + words.html
    assert "تأكيد" not in words.text + words.html


def test_an_authority_is_named_by_its_settings() -> None:
    """The software never signs for somebody else."""
    settings = MailSettings(authority_name_ar="هيئة المثال", authority_name_en="Example Board")

    words = render(ALL[0].facts, settings)

    assert "هيئة المثال" in words.text
    assert "Example Board" in words.html
    assert "Mumaris" not in words.text
