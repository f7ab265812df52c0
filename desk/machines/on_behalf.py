"""Whom a machine hands in for: its own people, and a note of what it handed in."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel.ext.asyncio.session import AsyncSession

from desk.accounts.machine_keys import Calling
from desk.kinds.applicant import Applicant
from desk.kinds.reading import SubmissionRefused
from desk.machines.own_people import acts_for
from models.inserting import insert_new
from models.machines import MachineRequest
from models.requests import Request
from rules.findings.problems import problem


@dataclass
class ByMachine:
    """See `desk.requests.accepting.OnBehalf`."""

    calling: Calling

    def refuse(self, applicant: Applicant) -> None:
        """Somebody else's people are as unknown as people who do not exist."""
        if not acts_for(self.calling, applicant.employer):
            unknown = problem("registration_number_unknown", "registration_number")
            raise SubmissionRefused([unknown])

    async def note(self, session: AsyncSession, requests: Sequence[Request]) -> None:
        """By it the machine sees these requests from now on."""
        machine = self.calling.machine_id
        await insert_new(
            session, [MachineRequest(request_id=each.id, machine_id=machine) for each in requests]
        )
