"""The catalogue of sentences."""

import re
from string import Formatter

import pytest

from mail.wording.languages import Language
from portal.web.pages import TEMPLATES
from portal.web.sentences import sentences, speaker
from rules.requests.statuses import Status


def facts_of(sentence: str) -> set[str]:
    """The facts that a sentence asks for."""
    return {name for _, name, _, _ in Formatter().parse(sentence) if name is not None}


@pytest.mark.parametrize("name", sentences())
def test_every_sentence_is_said_in_both_languages_with_the_same_facts(name: str) -> None:
    """Arabic in Arabic, English without it."""
    sentence = sentences()[name]

    assert set(sentence) == set(Language)
    assert re.search("[\u0621-\u064a]", sentence["ar"])
    assert not re.search("[\u0621-\u064a]", sentence["en"])
    assert facts_of(sentence["ar"]) == facts_of(sentence["en"])


def test_every_sentence_that_a_template_names_exists() -> None:
    """Those whose names are put together are shown by the tests of their pages."""
    named = {
        name
        for template in TEMPLATES.glob("*.html")
        for name in re.findall(r'say\("([^"]+)"[,)]', template.read_text(encoding="utf-8"))
    }

    assert named
    assert named <= set(sentences())


@pytest.mark.parametrize("status", list(Status))
def test_every_status_has_a_name_and_a_next_step(status: Status) -> None:
    """A status that is added needs its sentences."""
    assert {f"status.{status}", f"next.{status}"} <= set(sentences())


def test_a_fact_cannot_bring_markup_along() -> None:
    """What is put into a sentence is escaped."""
    said = speaker(Language.EN)("error.id", error_id="<b>")

    assert said == "Error number: &lt;b&gt;"
