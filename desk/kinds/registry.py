"""What differs between the kinds of request, behind one small protocol."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Protocol

from sqlmodel.ext.asyncio.session import AsyncSession

from desk.kinds.card_renewal import CardRenewalKind
from desk.kinds.in_force import InForce
from desk.kinds.profile_update import ProfileUpdateKind
from models.practitioners import Practitioner
from models.requests import Request
from rules.policy.policy import Policy
from rules.register.fields import Field
from rules.requests.checked import Checked
from rules.requests.correctable import Correctable
from rules.requests.statuses import Kind


class KindOfRequest(Protocol):
    """One kind of request: how it is read, checked, and brought into force."""

    def correctable(self, request: Request) -> frozenset[Correctable]:
        """What an officer can return this request for: what it touches, and its documents."""
        ...

    def read(self, document: Mapping[str, Any]) -> dict[str, Any]:
        """The document as it is kept; raises `SubmissionRefused` where it has not the shape."""
        ...

    async def check(
        self,
        session: AsyncSession,
        submission: Mapping[str, Any],
        practitioner: Practitioner,
        *,
        today: date,
        policy: Policy,
        request: Request | None,
    ) -> Checked:
        """All problems at once, or what the request would bring into force. Changes nothing.

        ``request`` is None while there is none: at the door.
        """
        ...

    async def changed_since_review(
        self, session: AsyncSession, request: Request, practitioner: Practitioner, *, policy: Policy
    ) -> Checked | None:
        """What the request would bring now, where officers were shown something else; else None.

        Asked in the transaction that approves: what it looked at stays until that ends.
        """
        ...

    def changed_fields(self, request: Request) -> tuple[Field, ...]:
        """The fields that a valid request changes, for letters and officers."""
        ...

    def wanted_address(self, request: Request, practitioner: Practitioner) -> str:
        """The e-mail address that the activation link goes to: the new one where it changes."""
        ...

    async def hindrance(self, session: AsyncSession, request: Request) -> str | None:
        """A code that says why the approved request may not come into force any more, or None."""
        ...

    async def bring_into_force(
        self, session: AsyncSession, request: Request, practitioner: Practitioner, *, now: datetime
    ) -> InForce:
        """Write what was approved, in the caller's transaction; returns what its letter says.

        The caller holds the locks on both rows and calls it once for a request.
        """
        ...

    async def is_in_force(self, session: AsyncSession, request: Request) -> bool:
        """Whether what the request brings is in force."""
        ...


KINDS: Mapping[Kind, KindOfRequest] = {
    Kind.PROFILE_UPDATE: ProfileUpdateKind(),
    Kind.CARD_RENEWAL: CardRenewalKind(),
}


def kind_of(request: Request) -> KindOfRequest:
    """The kind of this request."""
    return KINDS[Kind(request.kind)]
