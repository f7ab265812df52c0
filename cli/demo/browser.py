"""Somebody before the portal, in a browser without scripts: pages, forms, cookies."""

import asyncio
import ssl
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

import httpx

from cli.demo.failing import DemoFailed
from cli.demo.forms import PageRead

#: What browsers send with the form of a page.
_OWN_FORM = {"Sec-Fetch-Site": "same-origin"}


class PageRefuses(DemoFailed):
    """The page was shown again, with what is wrong."""

    def __init__(self, path: str, mistakes: list[str]) -> None:
        super().__init__(f"{path} refuses: {' '.join(mistakes)}")
        self.mistakes = mistakes


class PortalBrowser:
    """One person's browser; a context manager. Raises `DemoFailed` for a page that is not there."""

    def __init__(self, portal_url: str, *, patience: float) -> None:
        self._client = httpx.AsyncClient(
            base_url=portal_url,
            timeout=patience,
            headers={"Accept-Language": "en"},
            # Plain HTTP on this machine: no proxy is asked, and no certificates are loaded, which
            # takes longer than a page.
            trust_env=False,
            verify=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT),
        )

    async def __aenter__(self) -> Self:
        await self._client.__aenter__()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._client.__aexit__(kind, error, trace)

    async def sign_in(self, name: str, password: str) -> None:
        """As whoever has this name and password."""
        await self.press("/sign-in", {"name": name, "password": password})

    async def press(
        self,
        path: str,
        typed: Mapping[str, str] | None = None,
        *,
        to: str | None = None,
        file: Path | None = None,
    ) -> str:
        """Open the page, type over what stands in its form, choose a file, and press its button.

        ``to`` is where the form is sent, where that is not the page. Returns the path that it leads
        to; raises `PageRefuses`.
        """
        target = to or urlsplit(path).path
        shown = await self._client.get(path)
        read = PageRead(shown.text)
        form = read.forms.get(target)
        if form is None and read.mistakes:  # there is no button before they are put right
            raise PageRefuses(target, read.mistakes)
        if shown.status_code != httpx.codes.OK or form is None:
            raise DemoFailed(f"{path} has no form to {target}: {shown.status_code}")
        sent = {**form, **(typed or {})}
        sent.pop("", None)
        files = None
        if file is not None:
            files = {"document": (file.name, await asyncio.to_thread(file.read_bytes))}
        answer = await self._client.post(target, data=sent, files=files, headers=_OWN_FORM)
        if answer.status_code != httpx.codes.SEE_OTHER:
            mistakes = PageRead(answer.text).mistakes or [str(answer.status_code)]
            raise PageRefuses(target, mistakes)
        return urlsplit(answer.headers["location"]).path
