"""A mail server that takes everything and keeps nothing: ``python -m benchmarks.smtp_sink [FILE]``.

As cheap as Python allows, so that what is measured is who sends. Prints its port, and when it is
told to end (SIGTERM), how many letters it took. Into the file, if one is named, goes a line for
each: when it was taken (seconds since 1970), and its Message-ID.
"""

import asyncio
import os
import re
import signal
import sys
import time

_END = b"\r\n.\r\n"
_MESSAGE_ID = re.compile(rb"(?mi)^Message-ID:\s*<([^>]*)>")
_REPLIES = {
    b"EHLO": b"250-sink\r\n250-PIPELINING\r\n250-8BITMIME\r\n250 SIZE 10485760\r\n",
    b"MAIL": b"250 2.1.0 ok\r\n",
    b"RCPT": b"250 2.1.5 ok\r\n",
    b"DATA": b"354 go on\r\n",
    b"RSET": b"250 2.0.0 ok\r\n",
    b"QUIT": b"221 2.0.0 bye\r\n",
}


class Sink(asyncio.Protocol):
    """One connection."""

    accepted = 0
    #: The open file that is told of each letter.
    notes: int | None = None

    def __init__(self) -> None:
        self._buffer = b""
        self._in_content = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Greet."""
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 - narrows the type
        self._transport = transport
        transport.write(b"220 sink\r\n")

    def data_received(self, data: bytes) -> None:
        """Answer every command that is whole, and every content that has ended."""
        self._buffer += data
        answers = b""
        while (answer := self._next_answer()) is not None:
            answers += answer
        if answers:
            self._transport.write(answers)

    def _next_answer(self) -> bytes | None:
        if self._in_content:
            end = self._buffer.find(_END)
            if end < 0:
                return None
            if Sink.notes is not None:
                _note(Sink.notes, self._buffer[:end])
            self._buffer = self._buffer[end + len(_END) :]
            self._in_content = False
            Sink.accepted += 1
            return b"250 2.0.0 taken\r\n"
        end = self._buffer.find(b"\r\n")
        if end < 0:
            return None
        verb = self._buffer[:4].upper()
        self._buffer = self._buffer[end + 2 :]
        self._in_content = verb == b"DATA"
        return _REPLIES.get(verb, b"502 5.5.1 unknown\r\n")


def _note(file: int, content: bytes) -> None:
    found = _MESSAGE_ID.search(content)
    os.write(file, b"%.6f %s\n" % (time.time(), found[1] if found else b"-"))


async def main() -> None:
    """Serve until told to end."""
    if sys.argv[1:]:
        Sink.notes = os.open(sys.argv[1], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Sink, "127.0.0.1", 0)
    done = asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, done.set)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await done.wait()
    sys.stdout.write(f"{Sink.accepted}\n")
    server.close()


if __name__ == "__main__":
    asyncio.run(main())
