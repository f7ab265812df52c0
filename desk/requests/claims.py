"""Who works on a request at the review gate: claim, go on, release, assign.

A claim is a lease: it keeps other officers away until so many minutes after its officer's last act,
as policy says, and ends by itself then. The history says who had it.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlmodel.ext.asyncio.session import AsyncSession

from desk.officers import refuse_own
from desk.policy import current_policy
from desk.requests.at_the_gate import at_the_gate, refuse_anothers, refuse_away
from desk.requests.officer_emails import queue_assigned
from desk.requests.review import AlreadyApprovedByOfficer
from models.database import transaction
from models.door import OPERATIONS, Actor, record, ring
from models.officers import Officer
from models.queues import lock_claims_of, lock_claims_of_absent
from models.requests import Request, decisions_of_round
from models.review_desk import end_put_aside, note_handing_over
from rules.requests.events import EventName
from rules.requests.statuses import ActorKind
from rules.values.dates import riyadh_day
from rules.values.user_name import read_user_name


async def claim(tracking_code: str, officer: str, *, now: datetime) -> None:
    """Take the request to work on; what was put aside is taken up again.

    Claiming it again oneself makes the claim last from now on. Raises `ClaimedByAnother`,
    `ReviewAlreadyDecided`, `RequestUnknown`, `OfficerUnknown`, `OwnRequest` and `OfficerAway`.
    """
    async with transaction() as session:
        request, found = await at_the_gate(session, tracking_code, officer, now=now)
        refuse_anothers(request, found)
        await refuse_away(session, found, now=now)
        await hold_claim(session, request, found, now=now)


async def hold_claim(
    session: AsyncSession, request: Request, officer: Officer, *, now: datetime
) -> None:
    """Begin this officer's claim or make it last, in the transaction that locks the request."""
    by = Actor(ActorKind.OFFICER, officer.user_name)
    if await end_put_aside(session, request, now=now):
        record(session, request, EventName.TAKEN_UP, by=by, now=now)
        await ring(session)
    if request.claimed_by != officer.user_name:
        _give(request, officer, now=now)
        record(session, request, EventName.CLAIMED, by=by, now=now)
        await ring(session)
    request.claim_until = _lasts_until(now)


async def release(tracking_code: str, officer: str, *, now: datetime) -> None:
    """Put the request back into the queue; releasing what nobody has claimed changes nothing.

    Raises as `claim`.
    """
    async with transaction() as session:
        request, found = await at_the_gate(session, tracking_code, officer, now=now)
        refuse_anothers(request, found)
        if request.claimed_by is None:
            return
        request.end_claim()
        by = Actor(ActorKind.OFFICER, found.user_name)
        record(session, request, EventName.RELEASED, by=by, now=now)
        await ring(session)


async def assign(
    tracking_code: str, officer: str, *, by: str, why: str | None = None, now: datetime
) -> None:
    """Give the request to an officer on behalf of operations, whoever has it now.

    ``by`` is who gives it. Somebody else is told by e-mail, as policy says; whoever has it already
    is not: their claim lasts from now on. Raises `ReviewAlreadyDecided`, `DecisionWaits`,
    `RequestUnknown`, `OfficerUnknown`, `OwnRequest`, `OfficerAway` and `AlreadyApprovedByOfficer`.
    """
    async with transaction() as session:
        request, found = await at_the_gate(session, tracking_code, officer, now=now)
        await give_to(session, request, found, by=by, kind=ActorKind.OPERATIONS, why=why, now=now)


async def give_to(
    session: AsyncSession,
    request: Request,
    officer: Officer,
    *,
    by: str,
    kind: ActorKind,
    why: str | None,
    now: datetime,
) -> None:
    """The same in the transaction that locks the request; ``kind`` is what ``by`` acts as."""
    refuse_own(officer, request)
    await refuse_away(session, officer, now=now)
    earlier = await decisions_of_round(session, request)
    if officer.user_name in {decision.officer for decision in earlier}:
        raise AlreadyApprovedByOfficer(request.tracking_code)
    name, giver, before = officer.user_name, read_user_name(by), request.claimed_by
    await end_put_aside(session, request, now=now)
    _give(request, officer, now=now)
    if before == name:
        return
    note_handing_over(session, request, before, name, by=giver, reason=why, now=now)
    if name != giver:
        await queue_assigned(session, request, now=now)
    record(session, request, EventName.ASSIGNED, by=Actor(kind, name), now=now)
    await ring(session)


async def put_back_all_of(session: AsyncSession, officer: str, *, now: datetime) -> tuple[str, ...]:
    """Put back all that this officer holds, who may have left; returns the tracking codes."""
    name = read_user_name(officer)
    held = await lock_claims_of(session, name)
    return await put_back(session, held, by=Actor(OPERATIONS.kind, name), now=now)


async def put_back_all_of_absent(session: AsyncSession, *, now: datetime) -> tuple[str, ...]:
    """Put back what officers hold who have left or are away; returns the tracking codes.

    Again, it is none.
    """
    held = await lock_claims_of_absent(session, riyadh_day(now))
    codes: list[str] = []
    for request in held:
        by = Actor(OPERATIONS.kind, request.claimed_by)
        codes += await put_back(session, [request], by=by, now=now)
    return tuple(codes)


async def put_back(
    session: AsyncSession,
    held: Sequence[Request],
    *,
    by: Actor,
    now: datetime,
    why: str | None = None,
) -> tuple[str, ...]:
    """End the claims on these requests, which the caller has locked; their tracking codes."""
    for request in held:
        request.end_claim()
        record(session, request, EventName.RELEASED, by=by, now=now, reason_code=why)
    if held:
        await ring(session)
    return tuple(request.tracking_code for request in held)


def _give(request: Request, officer: Officer, *, now: datetime) -> None:
    request.claimed_by, request.claimed_at = officer.user_name, now
    request.claim_until = _lasts_until(now)


def _lasts_until(now: datetime) -> datetime:
    return now + timedelta(minutes=current_policy().review.claim_minutes)
