"""Two signals end a worker: the first asks, the second insists."""

import asyncio
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_SIGNALS = (signal.SIGTERM, signal.SIGINT)


class Shutdown:
    """Whether the worker was asked to leave, and whether at once."""

    def __init__(self) -> None:
        self.asked = asyncio.Event()
        self.at_once = asyncio.Event()

    def ask(self) -> None:
        """Leave in peace; asked again: leave at once."""
        if self.asked.is_set():
            self.at_once.set()
        self.asked.set()

    @contextmanager
    def on_signals(self) -> Iterator[None]:
        """Hear SIGTERM and SIGINT meanwhile, and give them back to who had them before.

        Outside the main thread Python delivers no signals, and nothing is installed.
        """
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        loop = asyncio.get_running_loop()
        before = {number: signal.getsignal(number) for number in _SIGNALS}
        for number in _SIGNALS:
            loop.add_signal_handler(number, self.ask)
        try:
            yield
        finally:
            for number, handler in before.items():
                loop.remove_signal_handler(number)
                signal.signal(number, handler)
