"""What accepting asks of another system that hands submissions in."""

from collections.abc import Hashable, Sequence
from typing import Protocol

from sqlmodel import SQLModel
from sqlmodel.ext.asyncio.session import AsyncSession

from desk.kinds.applicant import Applicant
from models.requests import Request


class OnBehalf(Protocol):
    """Another system that hands submissions in for people."""

    @property
    def who(self) -> Hashable:
        """Equal for those that one transaction may accept for."""
        ...

    async def admitted(self, session: AsyncSession, applicant: Applicant) -> Applicant:
        """The applicant, with what it sent for them; `SubmissionRefused` where it may not."""
        ...

    def notes(self, requests: Sequence[Request]) -> Sequence[Sequence[SQLModel]]:
        """Rows that say that it did, of one table each: kept together with these new requests."""
        ...
