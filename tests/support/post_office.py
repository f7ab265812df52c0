"""A mail server that stands beside the tests, whatever event loop they run in."""

import asyncio
import threading
from concurrent.futures import Future
from typing import Self

from support.mailbox import Arrived
from support.smtp import SmtpRecorder, Taken


class PostOffice:
    """A context manager: an SMTP server in a thread of its own, and what it accepted."""

    def __init__(self) -> None:
        self.recorder = SmtpRecorder()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="post office")
        self._read: list[Arrived] = []

    def __enter__(self) -> Self:
        self._thread.start()
        self._do(asyncio.run_coroutine_threadsafe(self.recorder.start(), self._loop))
        return self

    def __exit__(self, *_: object) -> None:
        self._do(asyncio.run_coroutine_threadsafe(self.recorder.stop(), self._loop))
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    @property
    def port(self) -> int:
        """Where it listens, on 127.0.0.1."""
        return self.recorder.port

    def letters(self, about: str, *, page: str = "") -> list[Arrived]:
        """The letters that name this request and link to this page, oldest first."""
        for taken in self.recorder.accepted[len(self._read) :]:
            self._read.append(_arrived(taken))
        wanted = f"/{page}/" if page else ""
        return [one for one in self._read if about in one.text and wanted in one.text]

    @staticmethod
    def _do(future: "Future[None]") -> None:
        future.result(timeout=10)


def _arrived(taken: Taken) -> Arrived:
    message = taken.message
    text, html = message.get_body(("plain",)), message.get_body(("html",))
    assert text is not None
    assert html is not None
    return Arrived(
        to=taken.recipients[0],
        subject=str(message["Subject"]),
        message_id=str(message["Message-ID"]),
        text=text.get_content(),
        html=html.get_content(),
    )
