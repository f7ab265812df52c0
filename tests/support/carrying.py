"""Requests of each kind carried by one version of the program, and on by another.

``python -m support.carrying begin STATUS ...`` hands requests of each kind in, one to stand at each
status; ``finish`` carries those whose codes come in to their end. Both answer in JSON. A released
tree runs this file too, over its own code: what that program knows is what is run.
"""

import asyncio
import json
import os
import sys
from collections.abc import Awaitable, Callable, Mapping
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
from support.newcomers import LAYLA, known_officially, registration
from support.people import luhn_number, register_applicant, specialty_change
from tasks.steps.activation_email import send_activation_email
from tasks.steps.in_force import confirm_in_force
from tasks.steps.payment import ask_for_payment
from tasks.steps.reference import issue_reference
from tasks.steps.step import Step
from tasks.steps.validation import validate


async def _specialty(today: date) -> dict[str, Any]:
    number = await _on_the_register(today)
    return specialty_change(today, registration_number=number, idempotency_key=f"carried-{number}")


async def _renewal(today: date) -> dict[str, Any]:
    number = await _on_the_register(today)
    return renewal(today, registration_number=number, idempotency_key=f"carried-{number}")


async def _on_the_register(today: date) -> str:
    holder = await register_holder(expires_on=today + timedelta(days=30))
    return holder.registration_number


async def _registration(today: date) -> dict[str, Any]:
    other = await register_applicant()  # the officers, and a number that nobody else has
    number = luhn_number(f"5{other.registration_number[1:]}")
    # A birth date of their own too: officers look again where somebody may be the same person.
    born = date(1970, 1, 1) + timedelta(days=int(other.registration_number) % 9_000)
    person = {
        "identity_number": number,
        "email": f"layla.{number}@example.org",
        "birth_date": born.isoformat(),
    }
    await known_officially(LAYLA | person)
    return registration(today, profile=person, idempotency_key=f"carried-{number}")


#: What people ask for, by kind.
WISHES: Mapping[Kind, Callable[[date], Awaitable[dict[str, Any]]]] = {
    Kind.PROFILE_UPDATE: _specialty,
    Kind.CARD_RENEWAL: _renewal,
    Kind.REGISTRATION: _registration,
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
    request = await accept(kind, await WISHES[kind](today), now=utc_now())
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
