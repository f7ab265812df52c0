"""What operators do by hand: send e-mails again, release claims, restart a run.

Each asks who it is, and why; both are kept with what was done. Where there was nothing to do,
nothing is kept.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from desk.accounts.signed_in import RoleMissing
from desk.mail.resending import (
    Resent,
    Undelivered,
    resend_letters,
    resend_reminders,
)
from desk.requests.claims import put_back_all_of, put_back_all_of_absent
from desk.requests.reasons import said_reason
from models.accounts.accounts import existing_account, roles_of
from models.database import transaction
from models.door import Actor, record, ring
from models.officers import find_officer
from models.operator_acts import ActDone, last_act_on, last_acts
from models.requests import find_request
from models.run_states import RunState
from models.runs import is_carried
from models.setbacks import Work, clear_setback
from rules.accounts.kinds import OPERATING
from rules.errors import Conflict
from rules.requests.events import EventName
from rules.requests.operator_acts import OperatorAct
from rules.requests.statuses import ActorKind

#: Within this time a second press of the same request is the first one.
_ONE_PRESS = timedelta(minutes=1)


class RunAtWork(Conflict):
    """A process carries the request's run at this moment: it is not stuck."""

    def __init__(self, tracking_code: str) -> None:
        super().__init__(f"the run of request {tracking_code} is at work")
        self.tracking_code = tracking_code


class NoRunToRestart(Conflict):
    """The request has come to its end, and so has its run."""

    def __init__(self, tracking_code: str) -> None:
        super().__init__(f"request {tracking_code} has ended: it needs no run any more")
        self.tracking_code = tracking_code


@dataclass(frozen=True)
class OperatorAsks:
    """Who asks for it, and why, as it was typed."""

    operator: str
    reason: str


async def send_again(found: Sequence[Undelivered], asked: OperatorAsks, *, now: datetime) -> Resent:
    """Queue these e-mails again, as `desk.mail.resending.resend_letters` does.

    Why is written before the first one, and how many when all are done: where that was interrupted
    the row says 0, and the requests' histories say which. Of two operators who send the same at
    once each e-mail is sent by one. Raises `desk.requests.reasons.ReasonNotSaid`,
    `rules.findings.problems.ValueRefused`, `models.officers.OfficerUnknown` and `RoleMissing`.
    """
    reason = said_reason(asked.reason)
    async with transaction() as session:
        operator = await _operator(session, asked)
        if not found:
            return Resent()
        row = _row(session, OperatorAct.SEND_AGAIN, operator, reason, number=0, now=now)
    resent = await resend_letters(found, by=operator, now=now)
    async with transaction() as session:
        (await session.get_one(ActDone, row.id, with_for_update=True)).number = resent.queued
    return resent


async def remind_again(
    asked: OperatorAsks,
    *,
    now: datetime,
    registration_number: str | None = None,
    since: datetime | None = None,
) -> int:
    """Queue failed reminders again, as `desk.mail.resending.resend_reminders` does.

    Raises as `send_again`, and `models.practitioners.PractitionerUnknown`.
    """
    reason = said_reason(asked.reason)
    async with transaction() as session:
        operator = await _operator(session, asked)
        queued = await resend_reminders(
            session, now=now, registration_number=registration_number, since=since
        )
        if queued:
            _row(session, OperatorAct.REMIND_AGAIN, operator, reason, number=queued, now=now)
        return queued


async def release_claims(
    asked: OperatorAsks, *, now: datetime, officer: str | None = None
) -> tuple[str, ...]:
    """Put back what this officer holds, or what absent ones hold; the tracking codes.

    Again, it is none. Raises as `send_again`.
    """
    reason = said_reason(asked.reason)
    async with transaction() as session:
        operator = await _operator(session, asked)
        codes = (
            await put_back_all_of_absent(session, now=now)
            if officer is None
            else await put_back_all_of(session, officer, now=now)
        )
        if codes:
            act = OperatorAct.RELEASE_CLAIMS
            _row(session, act, operator, reason, number=len(codes), now=now)
        return codes


async def restart_run(tracking_code: str, asked: OperatorAsks, *, now: datetime) -> bool:
    """Have another run made for a request whose run does not come on; whether this asked for it.

    The sweep makes it, in the place of the one before, which it ends. Asked again within a minute,
    or by two at once, it is one restart. Raises `RunAtWork`, `NoRunToRestart`, `RequestUnknown`,
    and as `send_again`.
    """
    reason = said_reason(asked.reason)
    async with transaction() as session:
        operator = await _operator(session, asked)
        request = await find_request(session, tracking_code, lock=True)
        before = await last_act_on(session, request.id, OperatorAct.RESTART_RUN)
        if before is not None and now - before.at < _ONE_PRESS:
            return False
        if request.run_state == RunState.SETTLED:
            raise NoRunToRestart(tracking_code)
        if await is_carried(session, request.id):
            raise RunAtWork(tracking_code)
        request.run_state = RunState.WANTED
        await clear_setback(session, request.id, Work.RUN)
        record(session, request, EventName.RUN_RESTARTED, by=operator, now=now)
        act = OperatorAct.RESTART_RUN
        _row(session, act, operator, reason, number=1, now=now, request_id=request.id)
        await ring(session)
        return True


async def acts_done(*, limit: int) -> list[ActDone]:
    """What operators did last, newest first."""
    async with transaction() as session:
        return await last_acts(session, limit=limit)


async def _operator(session: AsyncSession, asked: OperatorAsks) -> Actor:
    """Whoever asks, where their account may operate at this moment."""
    officer = await find_officer(session, asked.operator)
    account = await existing_account(session, officer=officer.user_name)
    roles = () if account is None else await roles_of(session, account.id)
    if OPERATING.isdisjoint(roles):
        raise RoleMissing
    return Actor(ActorKind.OPERATIONS, officer.user_name)


def _row(
    session: AsyncSession,
    act: OperatorAct,
    operator: Actor,
    reason: str,
    *,
    number: int,
    now: datetime,
    request_id: UUID | None = None,
) -> ActDone:
    row = ActDone(
        at=now,
        operator=operator.name or "",
        act=act,
        reason=reason,
        request_id=request_id,
        number=number,
    )
    session.add(row)
    return row
