"""Facts to text: the templates under ``templates/emails/``, and what they may use.

A letter is a folder with a subject, a preheader (what lists of messages show beside the subject)
and two bodies in each language. Both languages go into the same part, the preferred one first;
``_base/`` frames them.
"""

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import (
    Environment,
    FileSystemLoader,
    StrictUndefined,
    TemplateError,
    Undefined,
    select_autoescape,
)
from markupsafe import Markup

from mail.facts.letter import LetterFacts, letter_name
from mail.settings import MailSettings
from mail.wording.bidi import clean_facts
from mail.wording.languages import Language
from mail.wording.phrases import Form, phrases
from mail.wording.wrapping import wrap
from rules.errors import Broken

TEMPLATES = Path(__file__).resolve().parents[2] / "templates" / "emails"


class TemplateBroken(Broken):
    """A template is missing, is not Jinja2, or says a fact that its letter does not have."""

    def __init__(self, template: str, fault: TemplateError) -> None:
        super().__init__(f"templates/emails/{template}: {fault.message}")
        self.template = template


@dataclass(frozen=True, kw_only=True, repr=False)
class Rendered:
    """A letter's words, ready to be put into a message."""

    subject: str
    text: str
    html: str


def render(facts: LetterFacts, settings: MailSettings) -> Rendered:
    """The letter in both languages, the preferred one first.

    The same facts render to the same words. Raises `TemplateBroken`.
    """
    words = render_unwrapped(facts, settings)
    return replace(words, text=wrap(words.text) + "\n")


def render_unwrapped(facts: LetterFacts, settings: MailSettings) -> Rendered:
    """The same with a text whose lines are as the templates have them; raises `TemplateBroken`."""
    letter, first = letter_name(type(facts)), Language(facts.language)
    words = _words(facts, settings)
    subject = _fill("txt", first, f"{letter}/subject.{first}.txt", words).strip()
    preheader = _fill("txt", first, f"{letter}/preheader.{first}.txt", words).strip()
    framed = {**words, "subject": subject, "preheader": preheader, "language": first}
    return Rendered(
        subject=subject,
        text=_fill("txt", first, "_base/letter.txt", framed | _parts("txt", letter, words)),
        html=_fill("html", first, "_base/letter.html", framed | _parts("html", letter, words)),
    )


def _words(facts: LetterFacts, settings: MailSettings) -> dict[str, Any]:
    said = {each.name: clean_facts(getattr(facts, each.name)) for each in fields(facts)}
    return said | {
        "letter": letter_name(type(facts)),
        "authority_name_ar": settings.authority_name_ar,
        "authority_name_en": settings.authority_name_en,
        "portal_url": settings.portal_url,
        "page_url": settings.portal_url.rstrip("/") + facts.page,
        "reply_to": settings.contact,
    }


def _parts(form: Form, letter: str, words: dict[str, Any]) -> dict[str, Any]:
    first = Language(words["language"])
    bodies = {
        each: _fill(form, each, f"{letter}/body.{each}.{form}", words)
        for each in (first, first.other)
    }
    if form == "html":
        # The template escaped what it was given; the frame must not do it again.
        return {"bodies": {each: Markup(body) for each, body in bodies.items()}}  # noqa: S704
    return {"bodies": bodies}


def _fill(form: Form, language: Language, template: str, words: dict[str, Any]) -> str:
    try:
        return _environment(form, language).get_template(template).render(words)
    except TemplateError as fault:
        raise TemplateBroken(template, fault) from fault


@cache
def _environment(form: Form, language: Language) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        undefined=StrictUndefined,
        autoescape=select_autoescape(("html",)),
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["direction"] = language.direction
    environment.filters.update(
        {name: _needing_a_value(phrase) for name, phrase in phrases(form, language).items()}
    )
    return environment


def _needing_a_value(phrase: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def say(value: Any) -> Any:
        if isinstance(value, Undefined):
            # Saying it raises Jinja2's own error, which names what is missing.
            return str(value)
        return phrase(value)

    return say
