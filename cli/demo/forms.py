"""The forms of a page, as a browser without scripts reads them."""

from collections.abc import Mapping
from html.parser import HTMLParser
from urllib.parse import urlsplit


class PageRead(HTMLParser):
    """What a page asks for, and what it complains of."""

    def __init__(self, html: str) -> None:
        super().__init__()
        #: By the path that each form is sent to: what stands in its boxes.
        self.forms: dict[str, dict[str, str]] = {}
        #: The mistakes that the page's head lists.
        self.mistakes: list[str] = []
        self._boxes: dict[str, str] = {}
        self._choice: str | None = None
        self._lists_mistakes = False
        self._in_line = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A form begins, or a box of it stands here."""
        found = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._boxes = self.forms.setdefault(urlsplit(found.get("action", "")).path, {})
        elif tag == "input" and found.get("type") not in {"checkbox", "file"}:
            self._boxes[found.get("name", "")] = found.get("value", "")
        elif tag == "select":
            self._choice = found.get("name", "")
        elif tag == "option" and self._choice is not None:
            self._choose(found)
        elif tag == "div" and found.get("class") == "summary":
            self._lists_mistakes = True
        elif tag == "li" and self._lists_mistakes:
            self._in_line = True
            self.mistakes.append("")

    def handle_endtag(self, tag: str) -> None:
        """It ends."""
        if tag == "select":
            self._choice = None
        elif tag == "li":
            self._in_line = False
        elif tag == "div":
            self._lists_mistakes = False

    def handle_data(self, data: str) -> None:
        """The words between."""
        if self._in_line:
            self.mistakes[-1] += data

    def _choose(self, option: Mapping[str, str]) -> None:
        """What is selected, else the first."""
        name = self._choice or ""
        if "selected" in option or name not in self._boxes:
            self._boxes[name] = option.get("value", "")
