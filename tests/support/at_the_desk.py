"""An officer before a browser: Next case, a decision after its e-mails, and what came of it."""

import re
from collections.abc import Collection
from datetime import timedelta
from html import unescape

import httpx
from sqlmodel import col, select

from models.access_log import AccessLine, Looked
from models.database import transaction
from models.requests import Decision, Request, find_request
from support.accounts import OURS, hidden_fields, press
from support.portal import Clock


async def row_of(code: str) -> Request:
    """As it stands now."""
    async with transaction() as session:
        return await find_request(session, code)


async def decisions(code: str) -> list[Decision]:
    """All that officers have said of it."""
    async with transaction() as session:
        request = await find_request(session, code)
        query = select(Decision).where(col(Decision.request_id) == request.id)
        return list((await session.exec(query)).all())


async def looks(what: Looked) -> list[AccessLine]:
    """The lines of the access log of this sort."""
    async with transaction() as session:
        query = select(AccessLine).where(col(AccessLine.what) == what)
        return list((await session.exec(query)).all())


async def taken(browser: httpx.AsyncClient) -> str:
    """A case that this officer has claimed by Next case; its address."""
    answer = await press(browser, "/desk", {}, action="/desk/next")
    assert answer.status_code == 303, answer.text
    return answer.headers["location"].partition("?")[0]


def boxes_of(case: str) -> dict[str, bool]:
    """What this page of a case has to tick, and whether it is ticked."""
    found = re.findall(r'<input id="tick-[^>]* value="([^"]*)"( checked)?', case)
    return {name: bool(checked) for name, checked in found}


async def ticked(
    browser: httpx.AsyncClient, case: str, what: Collection[str] | None = None, step: str = "keep"
) -> httpx.Response:
    """Tick these on the page of the case, or all that there is, and press this button."""
    shown = (await browser.get(case)).text
    tick = list(boxes_of(shown)) if what is None else list(what)
    data = {**hidden_fields(shown, case), "tick": tick, "step": step}
    (action,) = re.findall(r'<form id="ticks" method="post" action="([^"]*)"', shown)
    return await browser.post(unescape(action), data=data, headers=OURS)


async def decided(
    browser: httpx.AsyncClient,
    case: str,
    verdict: str,
    fields: dict[str, str],
    *,
    said: str = "",
) -> httpx.Response:
    """Tick what an approval needs, ask for the e-mails, then press the button under them.

    ``said`` is what addresses say besides.
    """
    page = f"{case}/decide/{verdict}{said}"
    if verdict == "approve" and boxes_of((await browser.get(case)).text):
        await ticked(browser, case)
    shown = await press(browser, page, fields)
    if shown.status_code != 200:
        return shown
    hidden = hidden_fields(shown.text, page)
    return await browser.post(page, data={**hidden, **fields, "step": "decide"}, headers=OURS)


async def landed(browser: httpx.AsyncClient, clock: Clock) -> str:
    """Ten seconds later the desk is opened again; what it shows."""
    clock.forward(timedelta(seconds=10))
    return (await browser.get("/desk")).text
