"""An example handed in through the portal's pages: each part typed on its page, Review, Next."""

import re
from collections.abc import Awaitable, Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from cli.demo.browser import PortalBrowser
from cli.demo.failing import DemoFailed
from desk.documents.attaching import Attachment
from rules.profile_update.drafted import DATES, ENTRY_FIELDS, FIELDS, Entry
from rules.requests.statuses import Kind
from rules.values.document_kind import DocumentKind
from rules.values.typed_days import boxes_of, in_boxes

#: The last page's address.
_SENT = re.compile(r"/requests/([A-Z0-9-]+)/sent")
_UPDATE_FILE, _RENEWAL_FILE = "/update/file/", "/renewal/file/"
#: The page that asks for the code of a new address.
_NEW_ADDRESS = "/update/email"
_SURE = {"sure": "yes"}


async def hand_in(
    browser: PortalBrowser,
    kind: Kind,
    submission: Mapping[str, Any],
    files: Iterable[Attachment],
    *,
    read_code: Callable[[str], Awaitable[str]],
) -> str:
    """Type what the example states and send it; returns the request's tracking code.

    ``read_code`` gives the code that was e-mailed to a new address. Raises `PageRefuses` where a
    page finds something wrong, and as a browser does.
    """
    if kind is Kind.CARD_RENEWAL:
        await begin_renewal(browser)
        await write_documents(browser, submission["documents"], dict(files))
        return await send_renewal(browser)
    if await _write_changes(browser, submission):
        code = await read_code(submission["changes"]["email"])
        await browser.press(_NEW_ADDRESS, {"code": code})
    await _add_entries(browser, submission, dict(files))
    return await _send(browser, "/update/review")


async def begin_renewal(browser: PortalBrowser) -> None:
    """Apply now."""
    await browser.press("/renewal/needs")


async def write_documents(
    browser: PortalBrowser,
    documents: Iterable[Mapping[str, str]],
    files: Mapping[DocumentKind, Path],
) -> None:
    """Of a renewal that is begun: the particulars of each document, and its file."""
    for stated in documents:
        page = f"/renewal/document/{stated['kind']}"
        leads_to = await browser.press(page, _boxes(Entry.DOCUMENT, stated))
        if leads_to.startswith(_RENEWAL_FILE):
            await browser.press(leads_to, file=files[DocumentKind(stated["kind"])])


async def send_renewal(browser: PortalBrowser) -> str:
    """Next; the tracking code. Raises `PageRefuses`."""
    return await _send(browser, "/renewal/review")


async def send_corrected(browser: PortalBrowser, page: str, corrected: Mapping[str, Any]) -> None:
    """On this page of a returned update: what was marked, as it is right, and Next."""
    await browser.press(page)
    await _write_changes(browser, corrected)
    await _send(browser, "/update/review")


async def _send(browser: PortalBrowser, review: str) -> str:
    leads_to = await browser.press(review, _SURE)
    found = _SENT.fullmatch(leads_to)
    if found is None:
        raise DemoFailed(f"{review} leads to {leads_to}")
    return found[1]


async def _add_entries(
    browser: PortalBrowser, submission: Mapping[str, Any], files: Mapping[DocumentKind, Path]
) -> None:
    """Each certificate, experience and document on its page, and the file of a document."""
    for entry in Entry:
        for stated in submission.get(entry.member, ()):
            kind = stated.get("kind", "")
            page = f"/update/add/{entry}" + (f"?kind={kind}" if kind else "")
            leads_to = await browser.press(page, _boxes(entry, stated))
            if leads_to.startswith(_UPDATE_FILE):
                await browser.press(leads_to, file=files[DocumentKind(kind)])


async def _write_changes(browser: PortalBrowser, submission: Mapping[str, Any]) -> bool:
    """Each group of fields on its page; whether a new address is to be confirmed."""
    changes = submission["changes"]
    pages = []
    for section, names in FIELDS.items():
        typed = {name: changes[name] for name in names if name in changes}
        if typed:
            pages.append(await browser.press(f"/update/edit/{section}", typed))
    return _NEW_ADDRESS in pages


def _boxes(entry: Entry, stated: Mapping[str, str]) -> dict[str, str]:
    """What is typed of it, by the names of the page's boxes."""
    boxes: dict[str, str] = {}
    for name in ENTRY_FIELDS[entry]:
        if name in stated:
            text = stated[name]
            boxes |= in_boxes(name, boxes_of(text)) if name in DATES else {name: text}
    return boxes
