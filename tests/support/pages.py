"""The pages' forms as a browser without scripts reads and sends them."""

import re
from html import unescape

import httpx

from support.accounts import OURS, press

_SENT = re.compile(r"/requests/([A-Z0-9]{4}-[A-Z0-9]{4})/sent")


def boxes_of(html: str) -> dict[str, str]:
    """What stands in the boxes of the page's own form, as a browser would send it."""
    inside = html[html.index('<form id="page"') :]
    inside = inside[: inside.index("</form>")]
    boxes = {}
    for tag in re.findall(r"<input ([^>]*)>", inside):
        found = dict(re.findall(r'([a-z-]+)="([^"]*)"', tag))
        boxes[found["name"]] = unescape(found.get("value", ""))
    for name, options in re.findall(r'<select id="([^"]*)".*?>(.*?)</select>', inside, re.DOTALL):
        first = re.findall(r'value="([^"]*)"', options)
        chosen = re.findall(r'value="([^"]*)" selected', options)
        boxes[name] = (chosen or first)[0]
    return boxes


async def fill(
    browser: httpx.AsyncClient, path: str, headers: dict[str, str] | None = None, **typed: str
) -> httpx.Response:
    """Open the page, type over what stands there, press Continue; ``__`` is a box's dash."""
    shown = await browser.get(path)
    assert shown.status_code == 200
    boxes = boxes_of(shown.text) | {name.replace("__", "-"): text for name, text in typed.items()}
    return await browser.post(path, data=boxes, headers=OURS if headers is None else headers)


async def sent_code(browser: httpx.AsyncClient, review: str) -> str:
    """On this page of a journey: tick, Next, and the tracking code."""
    answer = await press(browser, review, {"sure": "yes"})
    assert answer.status_code == 303, answer.text
    found = _SENT.fullmatch(answer.headers["location"])
    assert found
    return found[1]
