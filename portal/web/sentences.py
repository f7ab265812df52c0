"""What the pages say, in both languages: the catalogue under ``templates/portal/sentences/``.

A sentence has a name and two forms. ``{name}`` in it is a fact that the page puts there, escaped.
"""

import tomllib
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

from markupsafe import Markup

from mail.wording.languages import Language
from rules.findings.both_languages import InBoth

CATALOGUE = Path(__file__).resolve().parents[2] / "templates" / "portal" / "sentences"

#: Says a sentence by its name, with its facts.
Say = Callable[..., Markup]


@cache
def sentences() -> Mapping[str, Mapping[str, str]]:
    """Every sentence by its name: its form by language."""
    found: dict[str, dict[str, str]] = {}
    for file in sorted(CATALOGUE.glob("*.toml")):
        found.update(tomllib.loads(file.read_text(encoding="utf-8")))
    return found


def said(name: str) -> InBoth:
    """The sentence in both languages; raises KeyError for one that does not exist."""
    sentence = sentences()[name]
    return InBoth(sentence["ar"], sentence["en"])


def speaker(language: Language) -> Say:
    """What says sentences in this language; raises KeyError for one that does not exist."""

    def say(name: str, **facts: object) -> Markup:
        # The sentences are ours and hold no input; `Markup.format` escapes the facts.
        return Markup(sentences()[name][language]).format(**facts)  # noqa: S704

    return say
