"""What the kinds share whose applicants are on the register: who they are is on file."""

from typing import TypeVar

from sqlmodel.ext.asyncio.session import AsyncSession

from desk.kinds.applicant import Applicant, as_applicant
from desk.kinds.kind import KindOfRequest
from desk.kinds.reading import SubmissionRefused
from desk.policy import current_policy
from models.practitioners import PractitionerUnknown, find_practitioner, get_practitioner
from models.requests import Request
from models.undoing import version_of
from rules.findings.problems import ValueRefused, problem
from rules.register.fields import Field
from rules.register.profile import ProfileOnFile
from rules.requests.frame import Framed
from rules.values.registration_number import clean_registration_number

S = TypeVar("S", bound=Framed)


class KindForPractitioners(KindOfRequest[S]):
    """A kind of request that only somebody on the register can make, by their number."""

    async def applicant(self, session: AsyncSession, submission: S) -> Applicant:
        """The practitioner of this registration number, however it was typed."""
        field = "registration_number"
        pattern = current_policy().registration_number.pattern
        try:
            number = clean_registration_number(submission.registration_number, pattern=pattern)
            return as_applicant(await find_practitioner(session, number))
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
        version = await version_of(session, request.id)
        if version is None:
            return practitioner.on_file()
        return practitioner.on_file().with_changes(
            {Field(name): change["from"] for name, change in version.changes.items()}
        )
