"""A browser that costs little: its own connection, its cookies, the forms of the page it shows."""

import asyncio
import re
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from html import unescape
from urllib.parse import urlencode

from stack.ports import HOST

_BOXES = (
    re.compile(r'<input id="[^"]*" name="([^"]*)" type="(?:text|tel)"[^>]*? value="([^"]*)"'),
    re.compile(r'<input type="hidden" name="([^"]*)" value="([^"]*)">'),
)
#: The portal closes a connection that is idle for longer.
_IDLE_SECONDS = 4.0
#: Shown, and led on.
_PAGES = frozenset({200, 303})


@dataclass(frozen=True)
class Answer:
    """What came, and how long after it was asked for."""

    path: str
    status: int
    headers: dict[str, str]
    body: bytes
    seconds: float

    @property
    def text(self) -> str:
        """As it is read."""
        return self.body.decode()

    @property
    def leads_to(self) -> str:
        """Where it leads."""
        return self.headers.get("location", "")


#: How each page of a site is asked for, by its name.
Pages = Mapping[str, Callable[[], Awaitable[Answer]]]


@dataclass
class Browser:
    """Somebody before the portal; ``address`` is where they sit, as a proxy would tell it."""

    port: int
    address: str = "192.0.2.1"
    cookies: dict[str, str] = field(default_factory=dict)
    _open: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
    _used: float = 0.0

    async def get(self, path: str) -> Answer:
        """Open a page."""
        return await self._ask("GET", path, b"")

    async def send(self, shown: Answer, path: str, /, **fields: str) -> Answer:
        """Send the form of the page that is shown, with these fields filled in."""
        form = shown.text[shown.text.index("<main") :]
        boxes = [(name, unescape(value)) for box in _BOXES for name, value in box.findall(form)]
        return await self._ask("POST", path, urlencode(dict(boxes) | fields).encode())

    async def close(self) -> None:
        """Hang up."""
        if self._open is not None:
            self._open[1].close()
            self._open = None

    async def _ask(self, method: str, path: str, body: bytes) -> Answer:
        began = time.perf_counter()
        if time.monotonic() - self._used > _IDLE_SECONDS:
            await self.close()
        if self._open is None:
            self._open = await asyncio.open_connection(HOST, self.port)
        reader, writer = self._open
        writer.write(self._head(method, path, len(body)) + body)
        status, headers = self._read(await reader.readuntil(b"\r\n\r\n"))
        content = await reader.readexactly(int(headers.get("content-length", "0")))
        self._used = time.monotonic()
        if headers.get("connection") == "close":
            await self.close()
        return Answer(path, status, headers, content, time.perf_counter() - began)

    def _head(self, method: str, path: str, length: int) -> bytes:
        lines = [
            f"{method} {path} HTTP/1.1",
            f"Host: {HOST}:{self.port}",
            f"X-Forwarded-For: {self.address}",
            "Accept-Language: en",
            "Sec-Fetch-Site: same-origin",
            "Cookie: " + "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
            "Content-Type: application/x-www-form-urlencoded",
            f"Content-Length: {length}",
        ]
        return "\r\n".join([*lines, "", ""]).encode()

    def _read(self, head: bytes) -> tuple[int, dict[str, str]]:
        """Status and headers; what it asks the browser to keep is kept."""
        first, *lines = head.decode("latin-1").strip().split("\r\n")
        headers = {}
        for line in lines:
            name, _, value = line.partition(": ")
            headers[name.lower()] = value
            if name.lower() == "set-cookie":
                cookie, _, token = value.partition(";")[0].partition("=")
                self.cookies[cookie] = token
        return int(first.split()[1]), headers


async def in_turn(sides: Sequence[Pages], *, times: int) -> dict[str, list[list[float]]]:
    """The seconds of each page, by side: the sides are asked one after the other, so many times.

    So what else the machine does meanwhile slows every side down. Raises TypeError for an answer
    that is no page.
    """
    taken: dict[str, list[list[float]]] = {name: [[] for _ in sides] for name in sides[0]}
    for _ in range(times):
        for name, seconds in taken.items():
            for pages, side in zip(sides, seconds, strict=True):
                answer = await pages[name]()
                if answer.status not in _PAGES:
                    raise TypeError(name, answer.status)
                side.append(answer.seconds)
    return taken
