"""The forms that a page shows, as a browser reads them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser

_TYPED = frozenset({"text", "email", "tel", "password", "number", "search", "date"})


@dataclass
class ShownForm:
    """One form: where it is sent, what it sends along, and what people type."""

    action: str
    method: str
    #: What it sends as it stands: hidden fields, choices, ticks.
    fixed: dict[str, str] = field(default_factory=dict)
    #: The boxes, with what stands in them.
    typed: dict[str, str] = field(default_factory=dict)
    passwords: set[str] = field(default_factory=set)
    choices: set[str] = field(default_factory=set)
    #: The box of a file, which makes it a form of another sort.
    file: str = ""


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[ShownForm] = []
        self._in: ShownForm | None = None
        self._select: str | None = None
        self._text: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._in = ShownForm(found.get("action", ""), found.get("method", "get"))
            self.forms.append(self._in)
        elif self._in is not None:
            self._inside(self._in, tag, found)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._in = None
        elif tag == "select":
            self._select = None
        elif tag == "textarea" and self._in is not None and self._text is not None:
            # A browser leaves out a line that begins it.
            self._in.typed[self._text] = self._in.typed[self._text].removeprefix("\n")
            self._text = None

    def handle_data(self, data: str) -> None:
        if self._in is not None and self._text is not None:
            self._in.typed[self._text] += data

    def _inside(self, form: ShownForm, tag: str, found: Mapping[str, str]) -> None:
        name, kind = found.get("name", ""), found.get("type", "text")
        if tag == "input" and kind in _TYPED:
            form.typed[name] = found.get("value", "")
            if kind == "password":
                form.passwords.add(name)
        elif tag == "input" and kind == "file":
            form.file = name
        elif tag == "input" and kind in {"hidden", "checkbox", "radio"}:
            form.fixed.setdefault(name, found.get("value", "on"))
        elif tag == "textarea":
            form.typed[name], self._text = "", name
        elif tag == "select":
            self._select = name
            form.choices.add(name)
        elif tag == "option" and self._select is not None:
            first = self._select not in form.fixed
            if first or "selected" in found:
                form.fixed[self._select] = found.get("value", "")


def forms_of(html: str) -> list[ShownForm]:
    """The forms of this page, in order."""
    reader = _Reader()
    reader.feed(html)
    return reader.forms
