"""The clock that all machines of an installation share: the database's."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from desk.clock import utc_now
from models.clock import database_now
from models.database import patiently, transaction

logger = logging.getLogger("mumaris.clock")

#: A machine's clock that differs by so much from the database's is told of.
_WRONG = timedelta(minutes=1)


@patiently
async def common_clock() -> Callable[[], datetime]:
    """A clock that shows the database's time, while this machine's seconds pass.

    The clocks of two machines may differ, by seconds or by a year, and what one of them plans the
    other sends: neither decides which day it is.
    """
    async with transaction() as session:
        await database_now(
            session
        )  # connects, so that the next answer takes no longer than it must
        before = utc_now()
        theirs = await database_now(session)
        ahead = theirs - before - (utc_now() - before) / 2
    if abs(ahead) > _WRONG:
        logger.warning(
            "this machine's clock is %+.0f s off the database's, which counts",
            -ahead.total_seconds(),
        )
    return lambda: utc_now() + ahead


async def common_now() -> datetime:
    """This instant by the database's clock; raises the database's error where it is away."""
    async with transaction() as session:
        return await database_now(session)
