"""What differs between the kinds of request, behind one small protocol."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Protocol

from sqlmodel.ext.asyncio.session import AsyncSession

from desk.profile_update import ProfileUpdateKind
from models.practitioners import Practitioner
from models.requests import Request
from rules.checked import Checked
from rules.fields import Field
from rules.policy import Policy
from rules.statuses import Kind


class KindOfRequest(Protocol):
    """One kind of request: how it is read, checked, and brought into force."""

    def read(self, document: Mapping[str, Any]) -> dict[str, Any]:
        """The document as it is kept; raises `SubmissionRefused` where it has not the shape."""
        ...

    def check(
        self,
        submission: Mapping[str, Any],
        practitioner: Practitioner,
        *,
        today: date,
        policy: Policy,
    ) -> Checked:
        """All problems at once, or what the request would bring into force. Changes nothing."""
        ...

    def changed_fields(self, request: Request) -> tuple[Field, ...]:
        """The fields that a valid request changes, for letters and officers."""
        ...

    def wanted_address(self, request: Request, practitioner: Practitioner) -> str:
        """The e-mail address that the activation link goes to: the new one where it changes."""
        ...

    async def bring_into_force(
        self, session: AsyncSession, request: Request, practitioner: Practitioner, *, now: datetime
    ) -> Decimal:
        """Write what was approved, in the caller's transaction; returns the CPD hours added.

        The caller holds the locks on both rows and calls it once for a request.
        """
        ...

    async def is_in_force(self, session: AsyncSession, request: Request) -> bool:
        """Whether what the request brings is in force."""
        ...


KINDS: Mapping[Kind, KindOfRequest] = {Kind.PROFILE_UPDATE: ProfileUpdateKind()}


def kind_of(request: Request) -> KindOfRequest:
    """The kind of this request."""
    return KINDS[Kind(request.kind)]
