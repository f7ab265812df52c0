"""`make docs`: every page is in it, every link leads somewhere, and nothing is fetched."""

import re
from html.parser import HTMLParser
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest


class Page(HTMLParser):
    """What a page of HTML links to, fetches, and can be linked to."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.links: set[str] = set()
        self.fetched: set[str] = set()
        self.names: set[str] = set()
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what its attributes name."""
        named = {name: value or "" for name, value in attrs}
        self.names |= {named[name] for name in ("id", "name") if name in named}
        if tag == "a" and "href" in named:
            self.links.add(named["href"])
        fetched = {"link": "href", "script": "src", "img": "src", "iframe": "src"}.get(tag)
        if fetched in named and named.get("rel") != "canonical":
            self.fetched.add(named[fetched])


@pytest.fixture(scope="module")
def built(site: Path) -> dict[Path, Page]:
    """Every page, read."""
    return {path: Page(path) for path in site.rglob("*.html") if path.name != "404.html"}


def flat(nav: list[Any]) -> list[str]:
    """The pages of a navigation, in order."""
    pages = []
    for entry in nav:
        inner = (
            [page for part in entry.values() for page in flat(part)]
            if isinstance(entry, dict)
            else [entry]
        )
        pages += inner
    return pages


def test_every_page_is_in_the_navigation_once(
    website: ModuleType, site: Path, tmp_path: Path
) -> None:
    """But for the files of the source, which pages link to."""
    staged = site.parent / "docs"
    pages = {path.relative_to(staged).as_posix() for path in staged.rglob("*.md")}

    shown = flat(website.stage(tmp_path))

    assert len(shown) == len(set(shown))
    assert set(shown) == {page for page in pages if not page.startswith("source/")}
    assert len(shown) > 100


def test_a_page_that_nobody_placed_is_shown_all_the_same(website: ModuleType) -> None:
    """Whoever writes one need not know of the site."""
    nav = website.navigation(
        ["README.md", "docs/NEWS.md", "docs/howto/later.md", "examples/README.md"]
    )

    assert flat(nav) == ["index.md", "howto/later.md", "NEWS.md", "examples/index.md"]


def test_every_link_of_the_site_leads_to_a_page_and_its_heading(
    site: Path, built: dict[Path, Page]
) -> None:
    """Read from the built pages, so that it holds whatever built them."""
    dead = []
    for path, page in built.items():
        for link in page.links | page.fetched:
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                continue
            goal = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            if not goal.is_file() or (
                parts.fragment
                and goal in built
                and unquote(parts.fragment) not in built[goal].names
            ):
                dead.append((path.relative_to(site).as_posix(), link))

    assert len(built) > 100
    assert dead == []


def test_no_page_fetches_from_another_host(built: dict[Path, Page]) -> None:
    """Fonts, scripts, pictures: all are the site's own."""
    fetched = {each for page in built.values() for each in page.fetched}

    assert any(each.endswith(".js") for each in fetched)
    assert [each for each in fetched if urlsplit(each).netloc] == []


def test_no_page_has_what_the_theme_fetches_a_script_for(built: dict[Path, Page]) -> None:
    """Mermaid would come from a public host, so drawings are shown as steps and tables."""
    found = [
        path.name
        for path in built
        if re.search(r'class="mermaid|arithmatex', path.read_text(encoding="utf-8"))
    ]

    assert found == []


@pytest.mark.parametrize("link", ["nowhere.md", "../nothing.py", "../../../etc/passwd"])
def test_a_link_to_what_is_not_there_ends_the_build(website: ModuleType, link: str) -> None:
    """The page and the link are named."""
    with pytest.raises(website.DeadLink, match=re.escape(f"docs/API.md: {link}")):
        website._moved("docs/API.md", f"See [there]({link}).", {"docs/API.md"}, set())


def test_what_stands_in_code_is_no_link(website: ModuleType) -> None:
    """Examples are copied as they are."""
    text = "```python\nx = call[0](nowhere.md)\n```\n"

    assert website._moved("docs/API.md", text, set(), set()) == text


def test_a_link_to_a_file_of_the_source_leads_to_a_page_that_shows_it(
    website: ModuleType, site: Path
) -> None:
    """`policy.toml` is read in the site, too."""
    shown = (site / "source" / "policy.toml.html").read_text(encoding="utf-8")

    assert "due_working_days" in shown
