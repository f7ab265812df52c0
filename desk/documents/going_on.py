"""Going on with what was interrupted: the sweep's work on documents.

A scanner was away, or a process died between receiving, scanning and drawing. A pass handles what
is due within some seconds, is safe to repeat and to run in two places at once, and says in the log
what it could not do; the next pass finds it again.
"""

import asyncio
import logging
import time
from datetime import datetime, timedelta

from desk.documents.checking import check
from desk.documents.shelf import drawing_limits
from documents.scanning import Why
from documents.settings import DocumentSettings
from models.database import transaction
from models.documents.documents import Upload
from models.documents.waiting import take_to_check

logger = logging.getLogger("mumaris.documents")

#: How many seconds one pass goes on; what is left over is the next pass's.
WITHIN = 20.0
#: Beyond what one step of checking may take: reading from the store, and a slot to draw in.
_SPARE = timedelta(minutes=1)


async def check_waiting(*, now: datetime, within: float = WITHIN) -> int:
    """Check the documents that wait for it, those that have waited longest first; how many.

    Where the scanner is away, the first one finds it out and the others wait for the next pass.
    """
    settings = DocumentSettings()
    lanes = range(settings.drawings)
    work = _Checking(now, time.monotonic() + within, _lease(settings))
    ended = await asyncio.gather(*(work.lane() for _ in lanes), return_exceptions=True)
    for error in ended:
        if error is not None:
            raise error
    return work.checked


def _lease(settings: DocumentSettings) -> timedelta:
    """How long a document is with whoever checks it: one that dies holding it delays it so long."""
    longest = max(settings.scan_seconds, drawing_limits().seconds)
    return timedelta(seconds=longest) + _SPARE


class _Checking:
    """One pass: lanes that take one document after the other."""

    def __init__(self, now: datetime, stop_at: float, lease: timedelta) -> None:
        self.checked = 0
        self._now = now
        self._stop_at = stop_at
        self._lease = lease
        self._scanner_is_away = False

    async def lane(self) -> None:
        while not self._scanner_is_away and time.monotonic() < self._stop_at:
            upload = await self._take()
            if upload is None:
                return
            await self._check(upload)

    async def _take(self) -> Upload | None:
        async with transaction() as session:
            return await take_to_check(session, now=self._now, lease=self._lease, soon=[Why.AWAY])

    async def _check(self, upload: Upload) -> None:
        """What is wrong with one document keeps no other waiting."""
        self.checked += 1
        try:
            upload = await check(upload.id, now=self._now)
        except Exception as error:  # noqa: BLE001 - told by its type: its text may quote anything
            logger.error(  # noqa: TRY400 - a traceback would print values
                "document %s cannot be checked: %s", upload.id, type(error).__name__
            )
        else:
            self._scanner_is_away |= upload.scan == Why.AWAY
