"""What a machine hands in for people: submissions, corrections, withdrawals, a new link."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from desk.accounts.machine_keys import Calling
from desk.cases.own import MyRequest, own_request_as_new
from desk.kinds.reading import SubmissionRefused
from desk.machines.on_behalf import ByMachine
from desk.machines.own_people import own_request
from desk.machines.reading import read_request
from desk.machines.wishes import is_key, names_an_address, own_key
from desk.requests import activation, submission, withdrawal
from models.database import transaction
from rules.accounts.machines import MachineAct
from rules.findings.problems import problem
from rules.requests.statuses import Kind


async def hand_in(
    calling: Calling, kind: Kind, wish: Mapping[str, Any], *, key: str, now: datetime
) -> MyRequest:
    """Accept this submission as `desk.requests.submission.accept` does; how it stands.

    ``key`` is the machine's own: two machines' equal keys are two keys. The same key with the same
    content is the same request, however often and however concurrently it comes. Raises
    `NotForThisMachine`, `SubmissionRefused`, `IdempotencyKeyReused`; then nothing is kept.
    """
    calling.refuse_unless(MachineAct.HAND_IN)
    whole = _whole(calling, wish, key)
    on_behalf = ByMachine(calling, now, is_shown=True)  # the answer is its first look
    found = await submission.accept_once(kind, whole, now=now, on_behalf=on_behalf)
    if found.is_new:
        return own_request_as_new(found.request, now=now)
    return await read_request(calling, found.request.tracking_code, now=now)


async def correct(
    calling: Calling, tracking_code: str, wish: Mapping[str, Any], *, key: str, now: datetime
) -> None:
    """Hand in the corrected submission, as `desk.requests.submission.resubmit` does.

    Raises as that and as `hand_in`, and `RequestUnknown` where the machine did not hand it in.
    """
    calling.refuse_unless(MachineAct.HAND_IN)
    await _to_act_on(calling, tracking_code)
    whole, on_behalf = _whole(calling, wish, key), ByMachine(calling, now)
    await submission.resubmit(tracking_code, whole, now=now, on_behalf=on_behalf)


async def withdraw(calling: Calling, tracking_code: str, *, now: datetime) -> None:
    """Take the request back for its applicant; again, it changes nothing.

    Raises `NotForThisMachine`, `RequestUnknown`, `WithdrawalTooLate`.
    """
    calling.refuse_unless(MachineAct.HAND_IN)
    await _to_act_on(calling, tracking_code)
    await withdrawal.withdraw(tracking_code, now=now)


async def resend(calling: Calling, tracking_code: str, *, now: datetime) -> None:
    """Have a new activation link e-mailed to the applicant; the machine never sees it.

    Raises `NotForThisMachine`, `RequestUnknown`, `NothingToResend`, `ResentTooOften`.
    """
    calling.refuse_unless(MachineAct.HAND_IN)
    await _to_act_on(calling, tracking_code)
    await activation.resend(tracking_code, now=now)


async def _to_act_on(calling: Calling, tracking_code: str) -> None:
    async with transaction() as session:
        await own_request(session, calling, tracking_code, to_act=True)


def _whole(calling: Calling, wish: Mapping[str, Any], key: str) -> dict[str, Any]:
    """The submission with its key; what no machine may send is refused here."""
    if not is_key(key):
        raise SubmissionRefused([problem("idempotency_key_header", "idempotency_key")])
    if "idempotency_key" in wish:  # it is the header's
        raise SubmissionRefused([problem("field_unknown", "idempotency_key")])
    if names_an_address(wish):
        raise SubmissionRefused([problem("email_by_owner_alone", "email")])
    return {**wish, "idempotency_key": own_key(calling, key)}
