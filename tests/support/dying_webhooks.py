"""A process that sends webhooks and is killed (``kill -9``) before or after one has been taken.

``python -m support.dying_webhooks WHEN``: ``before`` it leaves, or ``after`` its answer has come,
which nobody has written down then.
"""

import asyncio
import os
import signal
import sys
from typing import Any

import tasks.webhooks.network
from desk.clock import utc_now
from tasks.webhooks.passes import deliver_webhooks

_post = tasks.webhooks.network.Network.post


async def _dying(*given: Any, **more: Any) -> int:
    if sys.argv[1] == "after":
        await _post(*given, **more)
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError("still alive")


if __name__ == "__main__":
    tasks.webhooks.network.Network.post = _dying  # type: ignore[method-assign]  # it is to die
    asyncio.run(deliver_webhooks(now=utc_now()))
