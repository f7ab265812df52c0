"""Our own steps for one request, without Prefect: what the peers carry, and nothing else.

Each is the body that our tasks run, with the same transactions, guards, events and e-mails.
"""

import asyncio
from collections.abc import Awaitable, Callable

from tasks.steps.activation_email import send_activation_email
from tasks.steps.in_force import confirm_in_force
from tasks.steps.reference import issue_reference
from tasks.steps.validation import validate

#: As many at a time as a process keeps connections to the database (`DatabaseSettings.pool_size`):
#: more would only wait for one.
AT_ONCE = 10
#: Topics and promises by which a peer's run waits at the two places where ours suspends itself.
GATE, LINK = "decided", "link used"

_turns: dict[asyncio.AbstractEventLoop, asyncio.Semaphore] = {}


async def check(tracking_code: str) -> None:
    """Validate, to the gate."""
    await _in_turn(validate.task.fn, tracking_code)


async def number(tracking_code: str) -> None:
    """Issue the reference number."""
    await _in_turn(issue_reference.task.fn, tracking_code)


async def write(tracking_code: str) -> None:
    """Queue, compose and send the activation e-mail, and with it what else the request is owed."""
    await _in_turn(send_activation_email.task.fn, tracking_code)


async def confirm(tracking_code: str) -> None:
    """See that it is in force, once the link is used."""
    await _in_turn(confirm_in_force.task.fn, tracking_code)


async def _in_turn(body: Callable[[str], Awaitable[object]], tracking_code: str) -> None:
    turns = _turns.setdefault(asyncio.get_running_loop(), asyncio.Semaphore(AT_ONCE))
    async with turns:
        await body(tracking_code)
