"""The address on file is dead: one officer records proof of identity, a second one confirms.

Nothing changes by one officer alone, and nobody takes part in a change of their own address. The
second one types the address again, so that a slip of the first is noticed before an e-mail leaves.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from desk.accounts.letters import queue_address_changed
from desk.accounts.owners import owned_by
from desk.policy import current_policy
from desk.requests.activation import mail_link
from models.accounts.accounts import (
    account_of_practitioner,
    existing_account,
    lock_account,
    release_mailbox,
    roles_of,
)
from models.accounts.address_changes import AddressChange, open_change, open_changes
from models.accounts.links import supersede_links
from models.accounts.sessions import end_sessions, forget_devices
from models.database import transaction
from models.officers import Officer, find_officer
from models.practitioners import (
    OFFICERS,
    Practitioner,
    ProfileVersion,
    find_practitioner,
)
from models.requests import lock_requests_awaiting_activation
from rules.accounts.address_changes import (
    AddressOutcome,
    Objection,
    ProofSeen,
    objection_to,
    open_until,
)
from rules.accounts.kinds import SessionEnd
from rules.errors import Conflict, NotAllowed, NotFound, Refused
from rules.register.fields import Field
from rules.requests.field_values import normalised_value
from rules.values.email_address import mailbox_of
from rules.values.registration_number import clean_registration_number

_WHY = {
    Objection.OWN: "nobody changes their own address this way",
    Objection.NO_ROLE: "the officer's account has neither the role officer nor supervisor",
    Objection.SAME_OFFICER: "another officer than the one who recorded the proof confirms it",
}


class NotByThisOfficer(NotAllowed):
    """This officer may not take this step of an address change; ``objection`` says why."""

    def __init__(self, objection: Objection) -> None:
        super().__init__(_WHY[objection])
        self.objection = objection


class AddressChangeWaits(Conflict):
    """Another change of this address waits for a second officer already."""


class AddressChangeUnknown(NotFound):
    """No change of this address waits: none was recorded, it is settled, or its time is over."""


class AddressIsOnFile(Refused):
    """This is the address on file already."""


class AddressesDiffer(Refused):
    """The address is not the one that the first officer recorded."""


@dataclass(frozen=True, kw_only=True)
class AddressChangeStanding:
    """A change as the house sees it: neither the address nor anybody's name."""

    registration_number: str
    seen: ProofSeen
    proposed_by: str
    proposed_at: datetime
    expires_at: datetime
    #: None while it waits.
    outcome: AddressOutcome | None


async def record_proof(
    registration_number: str, email: str, seen: ProofSeen, officer: str, *, now: datetime
) -> AddressChangeStanding:
    """An officer saw this proof of who somebody is, and their new address. Nothing changes yet.

    Repeated by the same officer it is the same; one whose time is over makes room. Raises
    `NotByThisOfficer`, `AddressChangeWaits`, `AddressIsOnFile`, `OfficerUnknown`,
    `PractitionerUnknown`, and `ValueRefused` for what is no address or number.
    """
    policy = current_policy()
    async with transaction() as session:
        person = await _person(session, registration_number)
        by = await _officer(session, officer, person)
        address = normalised_value(Field.EMAIL, email, policy)
        if mailbox_of(address) == mailbox_of(person.email):
            raise AddressIsOnFile
        waiting = await open_change(session, person.id)
        if waiting is not None and waiting.expires_at <= now:
            _settle(waiting, AddressOutcome.EXPIRED, None, now=now)
            await session.flush()
        elif waiting is not None:
            facts = (waiting.email, waiting.seen, waiting.proposed_by)
            if facts != (address, seen, by.user_name):
                raise AddressChangeWaits
            return _standing(waiting, person)
        change = AddressChange(
            practitioner_id=person.id,
            email=address,
            seen=seen,
            proposed_by=by.user_name,
            proposed_at=now,
            expires_at=open_until(now, policy.accounts),
        )
        session.add(change)
        return _standing(change, person)


async def confirm_address(
    registration_number: str, email: str, officer: str, *, now: datetime
) -> AddressChangeStanding:
    """A second officer confirms the address, having typed it again: it is the one on file now.

    In one transaction: the change of the profile with its history; every session, known browser and
    link of the account ends, as all of them may be a stranger's; links of requests go to the new
    address; both addresses are told. Of two at once the second raises `AddressChangeUnknown`, as it
    does repeated. Raises as `record_proof`, and `AddressesDiffer`.
    """
    policy = current_policy()
    async with transaction() as session:
        seen = await _person(session, registration_number, lock=False)
        # Requests first, as in every other transaction: the person's lock comes after them.
        waiting = await lock_requests_awaiting_activation(session, seen.id)
        person = await _person(session, registration_number)
        change = await _waiting(session, person, now=now)
        by = await _officer(session, officer, person, change)
        typed = normalised_value(Field.EMAIL, email, policy)
        if mailbox_of(typed) != mailbox_of(change.email):
            raise AddressesDiffer
        before = person.email
        _bring_into_force(session, person, change, now=now)
        _settle(change, AddressOutcome.CONFIRMED, by.user_name, now=now)
        await session.flush()
        await _end_ways_in(session, person, now=now)
        for request in waiting:
            await mail_link(session, request, now=now)
        account = await account_of_practitioner(session, person.id, now=now)
        await queue_address_changed(
            session,
            await owned_by(session, person),
            account.id,
            change_id=change.id,
            before=before,
            now=now,
        )
        return _standing(change, person)


async def refuse_address(
    registration_number: str, officer: str, *, now: datetime
) -> AddressChangeStanding:
    """An officer, be it the first one, takes the change away; nothing has changed.

    Repeated it raises `AddressChangeUnknown`. Raises as `record_proof`.
    """
    async with transaction() as session:
        person = await _person(session, registration_number)
        change = await _waiting(session, person, now=now)
        by = await _officer(session, officer, person)
        _settle(change, AddressOutcome.REFUSED, by.user_name, now=now)
        return _standing(change, person)


async def waiting_changes(*, now: datetime, limit: int) -> tuple[AddressChangeStanding, ...]:
    """The changes that wait for a second officer, oldest first."""
    async with transaction() as session:
        found = await open_changes(session, now=now, limit=limit)
    return tuple(_shown(change, number) for change, number in found)


async def _person(session: AsyncSession, typed: str, *, lock: bool = True) -> Practitioner:
    pattern = current_policy().registration_number.pattern
    number = clean_registration_number(typed, pattern=pattern)
    return await find_practitioner(session, number, lock=lock)


async def _officer(
    session: AsyncSession, name: str, person: Practitioner, confirmed: AddressChange | None = None
) -> Officer:
    """The officer, where they may take this step; ``confirmed`` is the change that they confirm."""
    officer = await find_officer(session, name)
    account = await existing_account(session, officer=officer.user_name)
    objection = objection_to(
        await roles_of(session, account.id) if account else (),
        is_own=officer.practitioner_id == person.id,
        is_first=confirmed is not None and confirmed.proposed_by == officer.user_name,
    )
    if objection is not None:
        raise NotByThisOfficer(objection)
    return officer


async def _waiting(session: AsyncSession, person: Practitioner, *, now: datetime) -> AddressChange:
    change = await open_change(session, person.id)
    if change is None or change.expires_at <= now:
        raise AddressChangeUnknown
    return change


def _bring_into_force(
    session: AsyncSession, person: Practitioner, change: AddressChange, *, now: datetime
) -> None:
    person.version += 1
    session.add(
        ProfileVersion(
            practitioner_id=person.id,
            version=person.version,
            changed_by=OFFICERS,
            changed_at=now,
            changes={Field.EMAIL: {"from": person.email, "to": change.email}},
        )
    )
    person.email = change.email


async def _end_ways_in(session: AsyncSession, person: Practitioner, *, now: datetime) -> None:
    """Nothing that the address before gave to anybody opens the account any more."""
    account = await existing_account(session, practitioner_id=person.id)
    if account is None:
        return
    # The account before its links, as whoever uses one locks them.
    await lock_account(session, account.id)
    await supersede_links(session, account.id, now=now)
    await release_mailbox(session, account.id)
    await forget_devices(session, account.id)
    await end_sessions(session, account.id, because=SessionEnd.OPERATIONS, now=now)


def _settle(
    change: AddressChange, outcome: AddressOutcome, by: str | None, *, now: datetime
) -> None:
    change.outcome, change.settled_at, change.settled_by = outcome, now, by


def _standing(change: AddressChange, person: Practitioner) -> AddressChangeStanding:
    return _shown(change, person.registration_number)


def _shown(change: AddressChange, registration_number: str) -> AddressChangeStanding:
    return AddressChangeStanding(
        registration_number=registration_number,
        seen=change.seen,
        proposed_by=change.proposed_by,
        proposed_at=change.proposed_at,
        expires_at=change.expires_at,
        outcome=change.outcome,
    )
