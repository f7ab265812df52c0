"""What a program holds of a request it handed in."""

from collections.abc import AsyncIterable, AsyncIterator, Sequence
from dataclasses import dataclass

from desk.clock import utc_now
from desk.requests import activation, review, submission, withdrawal
from desk.requests.submitting_many import RowResult, SubmittedRow, submit_many
from desk.requests.waiting import load_request, wait_until
from models.door import APPLICANT
from models.requests import Request
from rules.register.fields import Field
from rules.requests.correctable import Correctable
from rules.requests.frame import Framed
from rules.requests.statuses import Kind, Status
from rules.requests.transitions import FINAL
from rules.requests.verdicts import Verdict
from rules.values.tracking_code import parse_tracking_code
from traces.work import work


@dataclass(frozen=True)
class RequestHandle:
    """A request, by its tracking code: ask where it stands, wait, decide, withdraw.

    Safe to make anew from the tracking code at any time and in any process; raises
    `NotATrackingCode` for what is none, however it is read.
    """

    tracking_code: str

    def __post_init__(self) -> None:
        """Read the code as people type it."""
        object.__setattr__(self, "tracking_code", parse_tracking_code(self.tracking_code))

    async def look(self) -> Request:
        """The request's row as it stands now."""
        return await load_request(self.tracking_code)

    async def status(self) -> Status:
        """Where the request stands now."""
        return Status((await self.look()).status)

    async def wait_for(self, *statuses: Status, timeout: float = 60) -> Status:
        """Wait until the request has one of these statuses.

        Returns the status: another one where the request has ended and cannot come to these any
        more. Raises `StillWaiting` after ``timeout`` seconds.
        """
        wanted = frozenset(statuses)
        request = await wait_until(
            self.tracking_code,
            lambda row: row.status in wanted or row.status in FINAL,
            timeout=timeout,
        )
        return Status(request.status)

    async def wait_until_gate(self, *, timeout: float = 60) -> Status:
        """Wait until the request has left validation: usually it is `UNDER_REVIEW` then."""
        request = await wait_until(
            self.tracking_code, lambda row: row.status != Status.SUBMITTED, timeout=timeout
        )
        return Status(request.status)

    async def wait_until_done(self, *, timeout: float = 60) -> Status:
        """Wait until nothing can move the request any more."""
        request = await wait_until(
            self.tracking_code, lambda row: row.status in FINAL, timeout=timeout
        )
        return Status(request.status)

    async def decide(
        self,
        verdict: Verdict | str,
        *,
        officer: str,
        reason_code: str | None = None,
        note: str | None = None,
        fields: Sequence[Correctable | Field | str] = (),
    ) -> Status:
        """Decide at the gate, as this officer; see `desk.requests.review.decide`."""
        ruling = review.Ruling(
            verdict=Verdict(verdict),
            officer=officer,
            reason_code=reason_code,
            note=note,
            fields=[Correctable(field) for field in fields],
        )
        with work("decide"):
            return await review.decide(self.tracking_code, ruling, now=utc_now())

    async def resubmit(self, corrected: Framed) -> None:
        """Hand the corrected submission in; see `desk.requests.submission.resubmit`."""
        with work("resubmit"):
            await submission.resubmit(self.tracking_code, corrected, now=utc_now())

    async def resend(self) -> None:
        """Mail a new activation link; see `desk.requests.activation.resend`."""
        with work("resend"):
            await activation.resend(self.tracking_code, now=utc_now())

    async def withdraw(self) -> None:
        """Take the request back, as the applicant; see `desk.requests.withdrawal.withdraw`."""
        with work("withdraw"):
            await withdrawal.withdraw(self.tracking_code, by=APPLICANT, now=utc_now())


async def hand_in_many(kind: Kind, wishes: AsyncIterable[Framed]) -> AsyncIterator[RowResult[int]]:
    """Hand many submissions of this kind in; see `desk.requests.submitting_many.submit_many`.

    The ``submit_many`` of each kind's flow asks for that kind's own type.
    """

    async def rows() -> AsyncIterator[SubmittedRow[int]]:
        place = 0
        async for wish in wishes:
            yield SubmittedRow(place, wish)
            place += 1

    async for result in submit_many(kind, rows(), clock=utc_now):
        yield result


async def hand_in(kind: Kind, wish: Framed) -> RequestHandle:
    """Hand a submission of this kind in; see `desk.requests.submission.accept`.

    The ``submit`` of each kind's flow asks for that kind's own type.
    """
    with work("submit"):
        request = await submission.accept(kind, wish, now=utc_now())
    return RequestHandle(request.tracking_code)
