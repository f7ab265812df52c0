"""A receiver that takes every webhook and keeps nothing: ``python -m benchmarks.webhook_sink``.

As cheap as Python allows, so that what is measured is who sends. Prints its port, and when it is
told to end (SIGTERM), how many it took.
"""

import asyncio
import re
import signal

_LENGTH = re.compile(rb"(?mi)^content-length: *(\d+)\r$")
_ANSWER = b"HTTP/1.1 204 No Content\r\n\r\n"


class WebhookSink(asyncio.Protocol):
    """One connection."""

    taken = 0

    def __init__(self) -> None:
        self._buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep where the answers go."""
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 - narrows the type
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Answer each that is whole."""
        self._buffer += data
        while (end := self._buffer.find(b"\r\n\r\n")) >= 0:
            length = _LENGTH.search(self._buffer[: end + 2])
            whole = end + 4 + (int(length[1]) if length else 0)
            if len(self._buffer) < whole:
                return
            self._buffer = self._buffer[whole:]
            WebhookSink.taken += 1
            self._transport.write(_ANSWER)


async def serve() -> None:
    """Until somebody says to end."""
    loop, ended = asyncio.get_running_loop(), asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, ended.set)
    server = await loop.create_server(WebhookSink, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await ended.wait()
    print(WebhookSink.taken, flush=True)


if __name__ == "__main__":
    asyncio.run(serve())
