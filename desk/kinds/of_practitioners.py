"""What the kinds share whose applicants are on the register: who they are is on file."""

from abc import abstractmethod
from collections.abc import Collection
from contextlib import suppress
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from desk.kinds.applicant import Applicant, as_applicant
from desk.kinds.kind import KindOfRequest
from desk.kinds.reading import SubmissionRefused
from desk.policy import current_policy
from models.applicants import ask_applicants_ahead
from models.practitioners import (
    BY_ID,
    PractitionerUnknown,
    find_practitioner,
    get_practitioner,
)
from models.requests import Request
from models.undoing import version_of
from rules.findings.problems import ValueRefused, problem
from rules.register.fields import Field
from rules.register.profile import ProfileOnFile
from rules.requests.frame import FramedByNumber
from rules.requests.statuses import Status
from rules.values.registration_number import clean_registration_number

S = TypeVar("S", bound=FramedByNumber)


class KindForPractitioners(KindOfRequest[S]):
    """A kind of request that only somebody on the register can make, by their number."""

    async def prepare(self, session: AsyncSession, submissions: Collection[S]) -> None:
        """The practitioners that they name, and what is asked about each."""
        numbers = set()
        for submission in submissions:
            with suppress(ValueRefused):  # `applicant` says so
                numbers.add(_number(submission))
        await self.ask_ahead(session, await ask_applicants_ahead(session, numbers))

    async def prepare_requests(self, session: AsyncSession, requests: Collection[Request]) -> None:
        """The practitioners whom they name, and what is asked about each."""
        ids = {each for request in requests if (each := request.practitioner_id) is not None}
        people = await BY_ID.ask_ahead(session, ids)
        await self.ask_ahead(session, {person.id for person in people})

    async def write_to_others(
        self, session: AsyncSession, request: Request, *, now: datetime
    ) -> None:
        """To nobody: it is about its practitioner alone."""

    @abstractmethod
    async def ask_ahead(self, session: AsyncSession, practitioner_ids: Collection[UUID]) -> None:
        """Ask at once what `check` asks about each of these practitioners; see `prepare`."""

    async def applicant(self, session: AsyncSession, submission: S) -> Applicant:
        """The practitioner of this registration number, however it was typed."""
        field = "registration_number"
        try:
            return as_applicant(await find_practitioner(session, _number(submission)))
        except ValueRefused as refused:
            raise SubmissionRefused([refused.about(field)]) from None
        except PractitionerUnknown:
            raise SubmissionRefused([problem("registration_number_unknown", field)]) from None

    async def applicant_of(self, session: AsyncSession, request: Request) -> Applicant:
        """The practitioner whom the request's row names."""
        return as_applicant(await get_practitioner(session, request.practitioner_id))

    async def on_file(self, session: AsyncSession, request: Request) -> ProfileOnFile:
        """What is on file; for fields that this request has changed, what was there before."""
        practitioner = await get_practitioner(session, request.practitioner_id)
        if request.status == Status.UNDER_REVIEW:
            return practitioner.on_file()  # it has changed nothing yet
        version = await version_of(session, request.id)
        if version is None:
            return practitioner.on_file()
        return practitioner.on_file().with_changes(
            {Field(name): change["from"] for name, change in version.changes.items()}
        )


def _number(submission: FramedByNumber) -> str:
    pattern = current_policy().registration_number.pattern
    return clean_registration_number(submission.registration_number, pattern=pattern)
