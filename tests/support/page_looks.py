"""A look at a page as people have it: axe, small and wide screens, light, dark and forced colours.

Each looked-at page is kept as pictures where ``MUMARIS_TEST_PICTURES`` names a folder.
"""

import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.async_api import Page

from support.screens import DESK, PHONE, is_as_wide_as_its_screen

#: A desk at 200 %.
ZOOMED = {"width": 640, "height": 450}
_PICTURES = os.environ.get("MUMARIS_TEST_PICTURES")
_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
#: What is printed and kept.
_PRINTED = re.compile(r"-(card|requests|sent|status)$")
#: What a page is made of, without its words and however often it is there: a list of three rows and
#: one of four are of one shape, and need one look.
_SHAPE = """() => [...new Set([...document.querySelectorAll("body *")].map(each =>
    [each.parentElement, each].map(one => `${one.tagName}.${one.getAttribute("class") ?? ""}`)
        .join(" > ")))].sort().join(" ")"""
#: Backgrounds are gone in forced colours: what can be pressed or typed into is told by its border.
_WITHOUT_EDGE = """() => [...document.querySelectorAll("button, a.button, input, select, textarea")]
    .filter(each => each.checkVisibility() && !["hidden", "checkbox", "radio", "file"]
        .includes(each.type) && !each.matches(".unseen"))
    .filter(each => {
        const style = getComputedStyle(each)
        return style.borderTopStyle === "none" || parseFloat(style.borderTopWidth) < 1
    }).map(each => each.outerHTML.slice(0, 120))"""
#: What passes is as long again, and takes as long to come over.
_AXE = "async options => (await axe.run(options)).violations"
#: The first button of a form is the one that Enter presses.
_SWITCHED_BY_ENTER = """() => [...document.forms].map(form =>
        [...document.querySelectorAll("button")].find(each =>
            each.form === form && each.type === "submit"))
    .filter(each => each?.matches("[name=switch]")).map(each => each.form.id)"""


@dataclass
class Looks:
    """All looks in one language: what was seen, and what is wrong."""

    page: Page
    language: str
    faults: list[str] = field(default_factory=list)
    seen: set[tuple[str, str]] = field(default_factory=set)

    async def look(self, name: str) -> None:
        """Look at the page that is open, unless one of this name and shape was looked at."""
        shape = (name, await self.page.evaluate(_SHAPE))
        if shape in self.seen:
            return
        self.seen.add(shape)
        name = f"{len(self.seen):03}-{name}"
        await self._is_sent_by_enter(name)
        await self._on_a_telephone(name)
        await self._on_a_desk(name)
        await self.page.emulate_media(color_scheme="light", forced_colors="none", media="screen")

    async def _on_a_telephone(self, name: str) -> None:
        await self.page.set_viewport_size(PHONE)  # type: ignore[arg-type] # a dict of its shape
        await self._fits(name)
        await self.page.evaluate(AXE_SCRIPT)
        await self._ask_axe(name, "light", _RULES)
        await self._picture(name, "phone-light")
        await self.page.emulate_media(color_scheme="dark")
        await self._ask_axe(name, "dark", ["color-contrast"], kind="rule")
        await self._picture(name, "phone-dark")
        await self.page.emulate_media(color_scheme="light", forced_colors="active")
        bare = await self.page.evaluate(_WITHOUT_EDGE)
        self.faults += [f"{name} in forced colours: no edge of {each}" for each in bare]
        await self.page.emulate_media(forced_colors="none")

    async def _on_a_desk(self, name: str) -> None:
        for size in (ZOOMED, DESK):
            await self.page.set_viewport_size(size)  # type: ignore[arg-type] # as above
            await self._fits(name)
        await self._picture(name, "desk-light")
        await self.page.emulate_media(color_scheme="dark")
        await self._picture(name, "desk-dark")
        if _PRINTED.search(name):
            await self.page.emulate_media(media="print", color_scheme="light")
            await self._picture(name, "print")

    async def _is_sent_by_enter(self, name: str) -> None:
        found = await self.page.evaluate(_SWITCHED_BY_ENTER)
        self.faults += [f"{name}: Enter in #{each} changes the language" for each in found]

    async def _fits(self, name: str) -> None:
        if not await is_as_wide_as_its_screen(self.page):
            size = self.page.viewport_size or {}
            self.faults.append(f"{name}: wider than {size.get('width')} px")

    async def _ask_axe(
        self, name: str, scheme: str, asked: list[str], *, kind: str = "tag"
    ) -> None:
        options = {
            "runOnly": {"type": kind, "values": asked},
            "resultTypes": ["violations"],
            # Two rules want what it would fetch: one of sounds, and an experiment.
            "preload": False,
        }
        found = await self.page.evaluate(_AXE, options)
        self.faults += [f"{name}, {scheme}: {_said(each)}" for each in found]

    async def _picture(self, name: str, how: str) -> None:
        if _PICTURES:
            path = Path(_PICTURES) / f"{self.language}-{name}-{how}.png"
            await self.page.screenshot(path=path, full_page=True)


def _said(violation: dict[str, Any]) -> str:
    """What axe complains of, and where."""
    nodes = violation["nodes"]
    where = "; ".join(f"{node['html'][:160]} [{_why(node)}]" for node in nodes[:3])
    return f"{violation['id']} ({violation['impact']}, {len(nodes)}): {where}"


def _why(node: dict[str, Any]) -> str:
    return str(node.get("failureSummary", "")).replace("\n", " ")[:200]
