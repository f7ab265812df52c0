"""Which machine is calling: an operation takes ``Depends(machine("its_name", act))``."""

from collections.abc import Awaitable, Callable
from datetime import datetime

from fastapi import Request

from desk.accounts.machine_keys import Calling, MachineKeyRefused, whose_key
from desk.policy import current_policy
from portal.api.rates import Calls
from portal.web.bearer import bearer_of
from portal.web.clock import Now
from rules.accounts.machines import MachineAct

#: A key of ours is shorter.
_LONGEST_KEY = 200


def machine(operation: str, act: MachineAct) -> Callable[[Request, datetime], Awaitable[Calling]]:
    """The machine behind the request's key; its use is noted with the operation's name.

    What depends on it raises `MachineKeyRefused`, `portal.api.rates.TooManyCalls`, and
    `NotForThisMachine` where its kind may not do this, before it looks at anything else of the
    request. The desk asks again whom it may do it for.
    """

    async def calling(request: Request, now: Now) -> Calling:
        request.state.now = now  # what a refusal counts from
        key = bearer_of(request)
        if key is None or len(key) > _LONGEST_KEY:
            raise MachineKeyRefused
        who = await whose_key(key, for_what=operation, now=now)
        calls: Calls = request.app.state.calls
        most = current_policy().api.calls_a_minute
        calls.take(who.machine_id, most=most, scope=request.scope, now=now)
        who.refuse_unless(act)
        return who

    return calling
