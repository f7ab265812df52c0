"""The layout of the e-mails: what Outlook, dark screens and lists of messages need of it."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

import pytest

from mail.composing.rendering import Rendered, render, render_unwrapped
from mail.preview.samples import Sample, samples
from mail.settings import MailSettings
from mail.wording.languages import Language

SETTINGS = MailSettings(portal_url="https://portal.example.org", mail_reply_to="ask@example.org")
ALL = [sample for language in Language for sample in samples(language)]
EACH = pytest.mark.parametrize("sample", ALL, ids=lambda s: f"{s.name}.{s.facts.language}")
#: Elements that end nowhere.
VOID = {"meta", "br", "img", "link", "hr"}
#: What direction is isolated by, in plain text.
_ISOLATES = re.compile("[\u2066-\u2069]")


@dataclass
class Element:
    """One element of a page, with those it stands in."""

    tag: str
    attributes: dict[str, str]
    parents: tuple[str, ...]
    text: list[str] = field(default_factory=list)

    @property
    def styles(self) -> dict[str, str]:
        """Its own declarations."""
        parts = (each.partition(":") for each in self.attributes.get("style", "").split(";"))
        return {name.strip(): value.strip() for name, _, value in parts if value}

    @property
    def classes(self) -> set[str]:
        """Its classes."""
        return set(self.attributes.get("class", "").split())

    @property
    def said(self) -> str:
        """What stands in it, in one line."""
        return " ".join("".join(self.text).split())


class Page(HTMLParser):
    """A page as the list of its elements; fails where they are not nested as they should be."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[Element] = []
        self._open: list[Element] = []
        self.feed(html)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note the element, and go into it."""
        parents = tuple(each.tag for each in self._open)
        element = Element(tag, {name: value or "" for name, value in attrs}, parents)
        self.elements.append(element)
        if tag not in VOID:
            self._open.append(element)

    def handle_endtag(self, tag: str) -> None:
        """Leave the element."""
        assert self._open.pop().tag == tag

    def handle_data(self, data: str) -> None:
        """Note the text for every element around it."""
        for element in self._open:
            element.text.append(data)

    def all(self, tag: str) -> list[Element]:
        """Those of this kind."""
        return [element for element in self.elements if element.tag == tag]


def page_of(sample: Sample) -> Page:
    return Page(render(sample.facts, SETTINGS).html)


@EACH
def test_everything_stands_in_tables_that_say_nothing(sample: Sample) -> None:
    """Outlook knows no other layout, and a screen reader must not read it out as a table."""
    page = page_of(sample)

    tables = page.all("table")
    assert tables[0].parents == ("html", "body")
    assert [each.attributes["width"] for each in tables[:2]] == ["100%", "100%"]
    for table in tables:
        assert table.attributes["role"] == "presentation"
        assert {table.attributes[name] for name in ("border", "cellspacing", "cellpadding")} == {
            "0"
        }
    loose = [each for each in page.elements if each.parents == ("html", "body")]
    assert [each.tag for each in loose] == ["div", "table"]


@EACH
def test_padding_stands_on_cells_alone(sample: Sample) -> None:
    """Outlook ignores it on anything else; a list has none."""
    padded = {
        each.tag
        for each in page_of(sample).elements
        for name, value in each.styles.items()
        if name.startswith("padding") and value != "0"
    }

    assert padded == {"td"}


@EACH
def test_a_ground_is_said_in_an_attribute_too(sample: Sample) -> None:
    """Some programs drop styles."""
    for element in page_of(sample).elements:
        ground = element.styles.get("background-color")
        assert element.attributes.get("bgcolor") == ground
        assert "background" not in element.styles


@EACH
def test_outlook_is_given_a_width(sample: Sample) -> None:
    """It ignores max-width, so the card stands in a table that it alone sees."""
    html = render(sample.facts, SETTINGS).html

    before, ghost, after = re.split(r"<!--\[if mso\]>(?:<table.*?|</td>.*?)<!\[endif\]-->", html)
    assert re.search(r'<!--\[if mso\]><table [^>]*width="600"', html)
    assert ghost.strip().startswith("<table")
    assert ghost.strip().endswith("</table>")
    assert "max-width: 600px" in ghost.partition(">")[0]
    assert "lang=" not in before[before.index("<body") :] + after


@EACH
def test_each_language_stands_in_a_cell_of_its_own_direction(sample: Sample) -> None:
    """The preferred one first; aligned by attribute too."""
    cells = [each for each in page_of(sample).all("td") if "lang" in each.attributes]

    first = Language(sample.facts.language)
    assert [each.attributes["lang"] for each in cells] == [first, first.other]
    for cell in cells:
        is_arabic = cell.attributes["lang"] == "ar"
        assert cell.attributes["dir"] == ("rtl" if is_arabic else "ltr")
        assert cell.attributes["align"] == ("right" if is_arabic else "left")


@EACH
def test_a_preheader_comes_first_and_is_not_seen_in_the_letter(sample: Sample) -> None:
    """Lists of messages show it beside the subject: something that the subject does not say."""
    words = render(sample.facts, SETTINGS)
    page = Page(words.html)

    hidden = page.elements[[each.tag for each in page.elements].index("body") + 1]
    assert hidden.classes == {"preheader"}
    assert hidden.styles["display"] == "none"
    assert hidden.styles["mso-hide"] == "all"
    assert 20 < len(hidden.said) < 160
    assert hidden.said.rstrip(".") not in words.subject
    is_arabic = re.search("[\u0621-\u064a]", hidden.said) is not None
    assert is_arabic == (sample.facts.language == "ar")


@EACH
def test_a_button_is_a_padded_cell_with_a_link(sample: Sample) -> None:
    """Its colour does not depend on the link's style."""
    page = page_of(sample)
    buttons = [each for each in page.all("td") if each.classes & {"button", "stop"}]

    assert all(each.attributes["bgcolor"] and each.styles["padding"] for each in buttons)
    links = [each for each in page.all("a") if each.styles.get("display") == "block"]
    quiet = [each for each in page.all("td") if "outline" in each.classes]
    assert len(links) == len(buttons) + len(quiet)


def test_the_pages_tell_that_they_know_dark_screens() -> None:
    """Or mail programs turn the colours round themselves."""
    page = page_of(ALL[0])
    names = {
        each.attributes.get("name"): each.attributes.get("content") for each in page.all("meta")
    }

    assert names["color-scheme"] == names["supported-color-schemes"] == "light dark"
    assert "prefers-color-scheme: dark" in render(ALL[0].facts, SETTINGS).html


def _titles(words: Rendered) -> list[str]:
    return [_ISOLATES.sub("", each.said) for each in Page(words.html).all("h1")]


@EACH
def test_the_plain_text_of_each_language_begins_with_its_title(sample: Sample) -> None:
    """The one of the HTML."""
    words = render_unwrapped(sample.facts, SETTINGS)

    parts = re.split(r"\n-{20,}\n", words.text)
    begins = [_ISOLATES.sub("", part.strip().splitlines()[0]) for part in parts]

    assert begins == _titles(words)
    assert all(begins)


@EACH
def test_the_html_says_what_the_plain_text_says(sample: Sample) -> None:
    """A sentence that is mended in one of them is mended in both."""
    words = render_unwrapped(sample.facts, SETTINGS)
    page = Page(words.html)
    links = " ".join(each.attributes["href"] for each in page.all("a"))
    html = re.sub(r"\s", "", _ISOLATES.sub("", f"{page.all('table')[0].said} {links}"))

    for line in words.text.splitlines():
        said = _ISOLATES.sub("", line).strip("- ")
        for piece in said.split(": "):
            assert re.sub(r"\s", "", piece.rstrip(":")) in html


def _numbers(sample: Sample) -> list[str]:
    words = render(sample.facts, SETTINGS)
    return re.findall(r"\b[0-9]{2}-?[0-9]{6}\b", words.text + words.html + words.subject)


def test_every_registration_number_is_shown_with_its_dash() -> None:
    """As on the card in the reader's hand."""
    numbers = [number for sample in ALL for number in _numbers(sample)]

    assert numbers
    assert set(numbers) == {"20-104567"}
