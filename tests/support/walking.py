"""A walk through every page that the portal serves, as one person after the other has it."""

import re
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from urllib.parse import urlsplit

from fastapi import FastAPI
from playwright.async_api import Locator, Response

from support.page_looks import Looks
from support.portal import routes_of

#: What is served and no page.
NO_PAGES = frozenset(
    {
        "/health",
        "/metrics",
        "/portal.css",
        "/passkey.js",
        "/desk.js",
        "/desk/readers/{code}",
        "/icon.svg",
        "/account/copy/file",
        "/card/file",
        "/my-documents/{upload_id}/pages/{number}",
        "/desk/cases/{code}/documents/{upload_id}/pages/{number}",
    }
)
#: What an address must say besides, or its page leads elsewhere.
_SAID = {"/desk/bulk": "&kind=profile_update"}
#: A form that is content with any text answers with a file, and shows no page.
_FILES = frozenset({"/desk/export"})
#: A form of the page in which something can be typed, chosen or ticked, and that changes something.
_FORM = "main form[method=post]:has(input:not([type=hidden]), select, textarea)"
#: Nothing at all, for pages that say of nobody whether they know them.
_TYPED = ("W" * 40, "")
_FILL = """(form, typed) => {
    form.noValidate = true
    for (const box of form.querySelectorAll("input, textarea")) {
        if (["hidden", "checkbox", "radio", "file", "submit"].includes(box.type)) continue
        if (box.type === "date") box.value = typed && "0001-01-01"
        else box.value = box.closest(".day") ? "32" : typed
    }
}"""
#: A page's tags with their classes, without its words.
_TAGS = re.compile(r"<(\w+)(?:[^>]*? class=\"([^\"]*)\")?")
#: What can be pressed or typed into there: a form's last word, and the name of a box or a button.
_FORMS = re.compile(r"<form[^>]*? action=\"[^\"]*?([a-z-]*)(?:[?\"])|<\w+[^>]*? name=\"([^\"]*)\"")
#: What the values of a path's parameter are; of ``token``, by the path's first word.
Names = Mapping[str, Sequence[str]]


@dataclass
class Walk:
    """Every page that a person is shown, and what a form answers that is filled with nonsense."""

    app: FastAPI
    site: str
    looks: Looks
    #: Of those that take GET: each is shown to somebody.
    shown: set[str] = field(default_factory=set)
    #: Of those that take what is typed: each tells somebody of a mistake.
    pressed: set[str] = field(default_factory=set)
    mistaken: set[str] = field(default_factory=set)
    #: The names and shapes of pages that were opened, and of those whose forms were tried.
    opened: set[Hashable] = field(default_factory=set)
    tried: set[Hashable] = field(default_factory=set)

    @property
    def pages(self) -> set[str]:
        """The paths of all pages, as the application names them."""
        return {path for method, path in routes_of(self.app) if method == "GET"} - NO_PAGES

    async def through(self, names: Names) -> None:
        """Open all there is, send each form with nonsense in it, and open all again.

        A page of a shape that was seen before is not opened in the browser again, nor its forms
        tried: a browser takes ten times as long to show a page as to get it.
        """
        for path, shape in (await self._open_all(names)).items():
            if shape not in self.tried:
                self.tried.add(shape)
                await self._mistake(path)
        await self._open_all(names)

    async def open(self, path: str) -> Response:
        """The page in the walk's language."""
        answer = await self.looks.page.goto(self._address(path))
        assert answer is not None
        assert answer.status < 500, path
        return answer

    def _address(self, path: str) -> str:
        return f"{self.site}{path}?lang={self.looks.language}{_SAID.get(path, '')}"

    async def look_at(self, path: str, name: str) -> None:
        """Open it, and look."""
        await self.open(path)
        await self.looks.look(name)

    async def press(self, button: str, name: str) -> None:
        """Press the first of these, and look at what comes."""
        page = self.looks.page
        async with page.expect_navigation() as answered:
            await page.locator(button).first.click()
        answer = await answered.value
        if answer.request.method == "POST" and not answer.ok:
            self.mistaken.add(self._route("POST", urlsplit(answer.url).path))
        await self.looks.look(name)

    async def _open_all(self, names: Names) -> dict[str, Hashable]:
        """What was shown of it, with its name and shape; what leads elsewhere is left out."""
        found: dict[str, Hashable] = {}
        for route in sorted(self.pages):
            for path in _addresses(route, names):
                answer = await self.looks.page.request.get(self._address(path), max_redirects=0)
                assert answer.status < 500, path
                if not answer.ok:
                    continue
                self.shown.add(route)
                shape = found[path] = (_name(route), *_shape(await answer.text()))
                if shape not in self.opened:
                    self.opened.add(shape)
                    await self.open(path)
                    await self.looks.look(_name(route))
        return found

    async def _mistake(self, path: str) -> None:
        """Send each form of the page with nonsense in it; look at what it says to that."""
        await self.open(path)
        for number in range(await self.looks.page.locator(_FORM).count()):
            for typed in _TYPED[1:] if path in _FILES else _TYPED:
                await self.open(path)
                if not await self._is_taken(self.looks.page.locator(_FORM).nth(number), typed):
                    break

    async def _is_taken(self, form: Locator, typed: str) -> bool:
        """Whether the form is content with this; else its page is looked at."""
        target = urlsplit(str(await form.evaluate("form => form.action"))).path
        route = self._route("POST", target)
        await form.evaluate(_FILL, typed)
        async with self.looks.page.expect_navigation() as answered:
            # Not the button: a script may ask a device first.
            await form.evaluate("form => HTMLFormElement.prototype.submit.call(form)")
        answer = await answered.value
        assert answer.status < 500, target
        self.pressed.add(route)
        if not answer.ok:
            self.mistaken.add(route)
            await self.looks.look(f"{_name(route)}-mistaken")
        return answer.ok

    def _route(self, method: str, path: str) -> str:
        """The route that takes this path: the most literal one."""
        fitting = [
            route
            for allowed, route in routes_of(self.app)
            if allowed == method and re.fullmatch(re.sub(r"\{[^}]*\}", "[^/]+", route), path)
        ]
        return min(fitting, key=lambda route: route.count("{"))


def _addresses(route: str, names: Names) -> Iterable[str]:
    """The route with every value of its parameters that the person has."""
    parameters = re.findall(r"\{([^}]*)\}", route)
    first = route.split("/")[1]
    values = [names.get(f"{first} {each}", names.get(each, ())) for each in parameters]
    for chosen in product(*values):
        yield route.format(**dict(zip(parameters, chosen, strict=True)))


def _shape(page: str) -> tuple[Hashable, Hashable]:
    """What the page is made of, however often: a list of three rows is one of four."""
    return frozenset(_TAGS.findall(page)), frozenset(_FORMS.findall(page))


def _name(route: str) -> str:
    """As a file may be called."""
    return "-".join(re.findall(r"\w+", re.sub(r"\{[^}]*\}", "", route))) or "first-page"
