"""Requests of each kind carried by one version of the program, and on by another.

``python -m support.carrying begin STATUS ...`` hands requests of each kind in, one to stand at each
status; ``finish`` carries those whose codes come in to their end. Both answer in JSON. A released
tree runs its own file of this name: what that program knows is what is run.
"""

import asyncio
import json
import os
import sys
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from itertools import count
from typing import Any

from desk.clock import utc_now
from desk.requests.activation import use
from desk.requests.submission import accept
from models.database import close_engine, transaction
from models.links import LinkPurpose, mint_token, newest_link
from models.requests import Request, find_request
from rules.requests.statuses import Kind, Status
from rules.requests.transitions import FINAL
from support import people
from support.cards import register_holder, renewal
from support.faults import approve, pay
from support.people import specialty_change
from tasks.steps.activation_email import send_activation_email
from tasks.steps.in_force import confirm_in_force
from tasks.steps.payment import ask_for_payment
from tasks.steps.reference import issue_reference
from tasks.steps.step import Step
from tasks.steps.validation import validate

#: What somebody on the register asks for, by kind.
WISHES: Mapping[Kind, Callable[..., dict[str, Any]]] = {
    Kind.PROFILE_UPDATE: specialty_change,
    Kind.CARD_RENEWAL: renewal,
}
_STEPS = (validate, issue_reference, ask_for_payment, send_activation_email)
#: More acts than any request needs.
_MOST_ACTS = 20


async def begin(*stands: Status) -> dict[str, str]:
    """The codes of new requests of each kind that stand there, by kind and status."""
    today = utc_now().date()
    return {
        f"{kind} {status}": await _begin(kind, today, status)
        for kind in WISHES
        for status in stands
    }


async def _begin(kind: Kind, today: date, until: Status) -> str:
    holder = await register_holder(expires_on=today + timedelta(days=30))
    number = holder.registration_number
    wish = WISHES[kind](today, registration_number=number, idempotency_key=f"carried-{number}")
    request = await accept(kind, wish, now=utc_now())
    await carry(request.tracking_code, until=until)
    return request.tracking_code


async def finish(codes: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    """Where each of these requests ends, and under which version it began."""
    found = {}
    for name, code in codes.items():
        request = await carry(code)
        found[name] = {"status": request.status, "process_version": request.process_version}
    return found


async def carry(code: str, *, until: Status | None = None) -> Request:
    """Take the steps that are due, and do what people do, until it stands there or has ended."""
    for _ in range(_MOST_ACTS):
        request = await _stands(code)
        if request.status == until or request.status in FINAL:
            return request
        if steps := _due(request):
            await steps[0].together([request.id])
        else:
            await _people_act(request)
    raise AssertionError(f"{code} does not come on: it is {request.status}")


def _due(request: Request) -> list[Step]:
    return [step for step in _STEPS if step.is_due(request)]


async def _people_act(request: Request) -> None:
    if request.status == Status.UNDER_REVIEW:
        await approve(request.tracking_code)
    elif request.status == Status.AWAITING_PAYMENT:
        await pay(request)
    elif request.status == Status.AWAITING_ACTIVATION:
        async with transaction() as session:
            link = await newest_link(session, request.id, LinkPurpose.ACTIVATE)
            assert link is not None
            token = await mint_token(session, link.id, now=utc_now())
        await use(token, LinkPurpose.ACTIVATE, now=utc_now())
        await confirm_in_force.together([request.id])


async def _stands(code: str) -> Request:
    async with transaction() as session:
        return await find_request(session, code)


async def main(act: str, *arguments: str) -> None:
    """Do it, and say as JSON what became of it."""
    # Several processes register people in one database.
    vars(people).update(_applicants=count(41_000_000 + 100 * (os.getpid() % 500_000)))
    if act == "begin":
        sys.stdout.write(json.dumps(await begin(*map(Status, arguments))))
    else:
        sys.stdout.write(json.dumps(await finish(json.load(sys.stdin))))
    await close_engine()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
