"""Whom a machine hands in for: its own people, and a note of what it handed in."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlmodel import SQLModel
from sqlmodel.ext.asyncio.session import AsyncSession

from desk.accounts.machine_keys import Calling
from desk.kinds.applicant import Applicant
from desk.kinds.reading import SubmissionRefused
from desk.machines.own_people import acts_for
from desk.machines.wishes import own_mailbox
from models.access_log import AccessLine, Looked
from models.machines import MachineRequest
from models.making import maker
from models.newcomers import find_newcomer
from models.requests import Request
from rules.findings.problems import Problem, problem
from rules.register.fields import Field

_new_own = maker(MachineRequest)
_new_look = maker(AccessLine)


@dataclass
class ByMachine:
    """See `desk.requests.on_behalf.OnBehalf`."""

    calling: Calling
    now: datetime
    #: Whether it is shown at once what becomes of them: then the log has a line of each.
    is_shown: bool = False

    @property
    def who(self) -> Hashable:
        """The machine as it called, and whether it is shown what becomes of them."""
        return self.calling, self.is_shown

    async def admitted(self, session: AsyncSession, applicant: Applicant) -> Applicant:
        """Somebody else's people are as unknown as people who do not exist.

        Of who is not on the register yet, what was typed says whose they are; and it may name what
        this machine sent for them, whoever else has begun from that address.
        """
        if not acts_for(self.calling, applicant.employer):
            raise SubmissionRefused([_not_its_own(applicant)])
        if applicant.practitioner_id is not None:
            return applicant
        found = await find_newcomer(session, own_mailbox(self.calling, applicant.email))
        return replace(applicant, newcomer_id=None if found is None else found.id)

    def notes(self, requests: Sequence[Request]) -> Sequence[Sequence[SQLModel]]:
        """By the first it sees these requests from now on; the second are its looks at them."""
        machine = self.calling.machine_id
        own = [_new_own(request_id=each.id, machine_id=machine) for each in requests]
        return (own, self._looks(requests)) if self.is_shown else (own,)

    def _looks(self, requests: Sequence[Request]) -> list[AccessLine]:
        looker = self.calling.looker
        return [
            _new_look(
                at=self.now,
                viewer_kind=looker.kind,
                viewer=looker.name,
                what=Looked.CASE,
                practitioner_id=each.practitioner_id,
                request_id=each.id,
            )
            for each in requests
        ]


def _not_its_own(applicant: Applicant) -> Problem:
    if applicant.practitioner_id is None:
        return problem("employer_not_of_system", Field.EMPLOYER)
    return problem("registration_number_unknown", "registration_number")
