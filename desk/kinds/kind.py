"""What a kind of request is to the rest of the house: one class, all of whose members it has."""

from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

from pydantic import TypeAdapter
from sqlmodel.ext.asyncio.session import AsyncSession

from desk.kinds.applicant import Applicant
from desk.kinds.in_force import InForce
from desk.kinds.reading import shaped
from desk.kinds.shown_changes import ShownChange
from models.requests import Request
from rules.findings.problems import Problem
from rules.policy.policy import Policy
from rules.policy.terms import Terms
from rules.register.fields import Field
from rules.requests.checked import Checked
from rules.requests.correctable import Correctable
from rules.requests.documents import DocumentOnRequest, PlacedDocument
from rules.requests.frame import Framed
from rules.requests.proposed import Proposed
from rules.requests.statuses import Kind
from rules.values.money import Money

S = TypeVar("S", bound=Framed)


class KindOfRequest(ABC, Generic[S]):
    """One kind of request: how it is read, checked, shown, and brought into force.

    A class that lacks a member cannot be made, so that `desk.kinds.registry` does not import.
    """

    def __init__(self, kind: Kind, submission: type[S]) -> None:
        #: What rules, e-mails and Prefect call it.
        self.kind = kind
        self._shape = TypeAdapter(submission)

    def read(self, submission: Mapping[str, Any] | Framed) -> S:
        """What was handed in, as this kind's own type: from here on every member is what it says.

        Of a JSON object and of what a program made alike; raises `SubmissionRefused` with every
        misfit at once. `rules` judge the content.
        """
        return shaped(self._shape, submission)

    def to_json(self, submission: S) -> dict[str, Any]:
        """The submission as the JSON that is kept on the request's row."""
        document: dict[str, Any] = self._shape.dump_python(submission, mode="json")
        return document

    def submitted(self, request: Request) -> S:
        """What this request's row keeps of its submission."""
        return self.read(request.submission)

    @abstractmethod
    async def applicant(self, session: AsyncSession, submission: S) -> Applicant:
        """Whose wish this is; raises `SubmissionRefused` where it names nobody whom we know."""

    @abstractmethod
    async def applicant_of(self, session: AsyncSession, request: Request) -> Applicant:
        """Whose request this is, as far as it is known now: an address may have changed."""

    @abstractmethod
    async def prepare(self, session: AsyncSession, submissions: Collection[S]) -> None:
        """Before `applicant` and `check` of each of these: ask in a few statements what they will.

        Then they ask nothing more of a plain submission; one that names uploads, or another
        identity number, still asks for itself. Never necessary, and it changes nothing. To the end
        of the transaction they answer by what was found here, so it is for one that only judges
        and then moves requests: a lock that is taken later does not make the answers newer.
        """

    @abstractmethod
    async def prepare_requests(self, session: AsyncSession, requests: Collection[Request]) -> None:
        """The same for what has been accepted: before `applicant_of` and `check` of each."""

    @abstractmethod
    async def check(
        self,
        session: AsyncSession,
        submission: S,
        applicant: Applicant,
        *,
        today: date,
        policy: Policy,
        request: Request | None,
        now: datetime,
    ) -> Checked:
        """All problems at once, or what the request would bring into force. Changes nothing.

        ``request`` is None while there is none: at the door.
        """

    @abstractmethod
    async def write_to_others(
        self, session: AsyncSession, request: Request, *, now: datetime
    ) -> None:
        """Owe an e-mail to whom a valid request concerns besides its applicant, if to anybody.

        As the request comes to the gate, in that transaction: whoever hands in is told nothing.
        """

    @abstractmethod
    async def changed_since_review(
        self, session: AsyncSession, request: Request, *, policy: Policy, now: datetime
    ) -> Checked | None:
        """What the request would bring now, where officers were shown something else; else None.

        Asked in the transaction that approves: what it looked at stays until that ends.
        """

    @abstractmethod
    def wants_alone(self, request: Request) -> str | None:
        """What it asks for that one person alone can have, so that others' approvals matter to it.

        None for nothing. Where several are decided at a time, those that ask for such a thing come
        behind the rest, one by one, in the order of these texts: locks are taken for them.
        """

    @abstractmethod
    def documents(self, request: Request) -> tuple[DocumentOnRequest, ...]:
        """The documents of a valid request, as its applicant states them."""

    @abstractmethod
    async def check_documents(
        self,
        session: AsyncSession,
        request: Request,
        documents: Sequence[PlacedDocument],
        *,
        policy: Policy,
    ) -> tuple[Problem, ...]:
        """What the rules say of a valid request's documents with these particulars in them.

        Judged on the day of submission, as at the door.
        """

    @abstractmethod
    async def terms(
        self,
        session: AsyncSession,
        request: Request,
        normalised: Mapping[str, Any],
        *,
        today: date,
        policy: Policy,
    ) -> Terms:
        """What policy asks for a valid request, and what it gives, besides officers' approvals.

        For saying in what two policies differ. ``normalised`` is what the rules made of it by this
        policy, or of what officers were shown. Changes nothing.
        """

    @abstractmethod
    def amount_due(self, request: Request) -> Money | None:
        """What an approved request costs; None where the authority sets it, 0 for nothing."""

    @abstractmethod
    async def proposed(
        self, session: AsyncSession, request: Request, normalised: Mapping[str, Any]
    ) -> Proposed:
        """What a valid request would make, or made, of what was on file: as officers read it.

        ``normalised`` is what the rules made of its present round, or of an earlier one.
        """

    @abstractmethod
    def changed_fields(self, request: Request) -> tuple[Field, ...]:
        """The fields that a valid request changes, for letters and officers."""

    @abstractmethod
    def correctable(self, request: Request) -> frozenset[Correctable]:
        """What an officer can return this request for: what it touches, and its documents."""

    @abstractmethod
    async def shown_changes(
        self, session: AsyncSession, request: Request
    ) -> tuple[ShownChange, ...]:
        """What the activation page says that the request changes, to whoever holds its link.

        Whoever that is need not be the practitioner: no identity data and no street, and of a
        mobile number its end.
        """

    @abstractmethod
    def wanted_email(self, request: Request, applicant: Applicant) -> str:
        """The e-mail address that the activation link goes to: the new one where it changes."""

    @abstractmethod
    async def hindrance(self, session: AsyncSession, request: Request) -> str | None:
        """A code that says why the approved request may not come into force any more, or None.

        What it looked at stays until the caller's transaction ends: locks are taken here.
        """

    @abstractmethod
    async def bring_into_force(
        self, session: AsyncSession, request: Request, *, now: datetime
    ) -> InForce:
        """Write what was approved, in the caller's transaction; returns what its letter says.

        The caller holds the request's lock and `hindrance`'s, and calls it once for a request.
        """

    @abstractmethod
    async def in_force(self, session: AsyncSession, requests: Collection[Request]) -> set[UUID]:
        """The ids of those of these requests that have been brought into force."""
