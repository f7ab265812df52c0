"""Commands and replies over a connection whose session aiosmtplib has opened.

aiosmtplib waits for each reply before it says the next command, so it cannot pipeline (RFC 2920);
its transport gets this protocol in its place.
"""

import asyncio
from collections import deque
from typing import NamedTuple, cast

from aiosmtplib import SMTP

#: A server that sends more than this without ending a reply is not speaking SMTP.
_MAX_REPLY = 32_768


class Reply(NamedTuple):
    """What the server said; a code below 0 where that is not SMTP."""

    code: int
    text: str


class Dialog(asyncio.Protocol):
    """The server's replies, in order, and what it said that it can do."""

    def __init__(self, smtp: SMTP) -> None:
        """Take over a session that is open, and in which the server has said what it can."""
        self.can_pipeline = smtp.supports_extension("pipelining")
        self.knows_utf8 = smtp.supports_extension("smtputf8")
        self._transport = cast("asyncio.Transport", smtp.transport)
        self._buffer = b""
        self._replies: deque[Reply] = deque()
        self._waiter: asyncio.Future[None] | None = None
        self._lost: BaseException | None = None
        self._transport.set_protocol(self)

    def data_received(self, data: bytes) -> None:
        """Keep the replies that are whole by now."""
        self._buffer += data
        while (end := _end_of_reply(self._buffer)) is not None:
            whole, self._buffer = self._buffer[:end], self._buffer[end:]
            self._replies.append(_read_reply(whole))
        if len(self._buffer) > _MAX_REPLY:
            self._transport.abort()
        self._wake()

    def connection_lost(self, exc: Exception | None) -> None:
        """Let nobody wait for a reply that never comes."""
        self._lost = exc or ConnectionResetError("connection lost")
        self._wake()

    @property
    def is_open(self) -> bool:
        """Whether the connection is there."""
        return self._lost is None and not self._transport.is_closing()

    def say(self, words: bytes) -> None:
        """Send, without waiting."""
        self._transport.write(words)

    async def reply(self, within: float) -> Reply:
        """The next reply; raises TimeoutError, and OSError when the connection is lost."""
        while not self._replies:
            if self._lost is not None:
                raise ConnectionError(str(self._lost)) from self._lost
            self._waiter = asyncio.get_running_loop().create_future()
            async with asyncio.timeout(within):
                await self._waiter
        return self._replies.popleft()

    def close(self) -> None:
        """End the connection once what was said has been sent."""
        self._transport.close()

    def abort(self) -> None:
        """End it at once: what was not sent never is."""
        self._transport.abort()

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)


def _end_of_reply(buffer: bytes) -> int | None:
    """Where the first reply ends: after the first line whose code is not followed by a hyphen."""
    begin = 0
    while (end := buffer.find(b"\n", begin)) >= 0:
        if buffer[begin + 3 : begin + 4] != b"-":
            return end + 1
        begin = end + 1
    return None


def _read_reply(whole: bytes) -> Reply:
    lines = whole.decode("utf-8", "replace").splitlines()
    code = lines[-1][:3] if lines else ""
    text = "\n".join(line[4:].strip() for line in lines)
    return Reply(int(code) if code.isascii() and code.isdigit() else -1, text)
