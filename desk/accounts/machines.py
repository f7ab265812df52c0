"""What operations do with machines: make one, say whom it acts for, rotate its key, revoke it."""

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel.ext.asyncio.session import AsyncSession

from desk.policy import current_policy
from models.database import transaction
from models.links import hash_token
from models.machines import (
    Machine,
    MachineKey,
    add_machine,
    employers_of,
    employers_on_file,
    end_keys,
    find_machine,
    list_machines,
    open_keys,
    set_employers,
)
from rules.accounts.machines import MachineKind, clean_machine_name, write_key
from rules.errors import Conflict, Refused, WrongUsage


class MachineNameTaken(Conflict):
    """Another machine has this name; a revoked one keeps it, as the access log names it."""


class EmployersWrong(WrongUsage):
    """An employer's machine names its employer, as on file; no other machine names one."""


class EmployerNotOnFile(Refused):
    """Nobody on the register has this employer; the name must be written as it is on file."""


class MachineRevoked(Conflict):
    """This machine was revoked, for ever: make another one."""


@dataclass(frozen=True, repr=False)
class NewKey:
    """A key that was just made: ``key`` is told once, and kept nowhere."""

    machine: str
    key: str
    ends_at: datetime


@dataclass(frozen=True, kw_only=True)
class MachineStanding:
    """A machine as operations see it."""

    name: str
    kind: MachineKind
    #: Whose people it acts for; empty for a machine that is no employer's.
    employers: tuple[str, ...]
    made_at: datetime
    #: Who last said for whom it acts; None where that was never changed.
    scoped_by: str | None
    revoked_at: datetime | None
    #: When each key that works ends, the newest key's first.
    keys_end: tuple[datetime, ...]


async def make_machine(
    name: str,
    kind: MachineKind,
    *,
    employers: Collection[str] = (),
    days: int | None = None,
    by: str,
    now: datetime,
) -> NewKey:
    """An account for another system, with its first key.

    The key ends after ``days``, or after as many as policy allows, whichever is sooner. Raises
    `NotAMachineName`, `MachineNameTaken`, `EmployersWrong`, `EmployerNotOnFile`; then nothing is
    kept.
    """
    machine = Machine(name=clean_machine_name(name), kind=kind, made_at=now, made_by=by)
    async with transaction() as session:
        if not await add_machine(session, machine):
            raise MachineNameTaken
        await _scope(session, machine, employers)
        return _add_key(session, machine, days=days, by=by, now=now)


async def scope_machine(name: str, employers: Collection[str], *, by: str, now: datetime) -> None:
    """Let an employer's machine act for the people of these names of it, and for nobody else.

    Repeated, it is the same; the row says who said so last. Raises as `make_machine`, and
    `models.machines.MachineUnknown`.
    """
    async with transaction() as session:
        machine = await find_machine(session, clean_machine_name(name), lock=True)
        await _scope(session, machine, employers)
        machine.scoped_at, machine.scoped_by = now, by


async def rotate_key(
    name: str, *, days: int | None = None, at_once: bool = False, by: str, now: datetime
) -> NewKey:
    """A new key; the ones before end after policy's hours, or ``at_once`` where one was lost.

    Raises `MachineRevoked`, `NotAMachineName`, `models.machines.MachineUnknown`.
    """
    overlap = 0 if at_once else current_policy().api.key_overlap_hours
    async with transaction() as session:
        machine = await find_machine(session, clean_machine_name(name), lock=True)
        if machine.revoked_at is not None:
            raise MachineRevoked
        await end_keys(session, machine.id, at=now + timedelta(hours=overlap))
        return _add_key(session, machine, days=days, by=by, now=now)


async def revoke_machine(name: str, *, by: str, now: datetime) -> bool:
    """End the machine and every key of it, for ever; whether this ended it.

    Raises `NotAMachineName`, `models.machines.MachineUnknown`.
    """
    async with transaction() as session:
        machine = await find_machine(session, clean_machine_name(name), lock=True)
        if machine.revoked_at is not None:
            return False
        machine.revoked_at, machine.revoked_by = now, by
        await end_keys(session, machine.id, at=now)
        return True


async def machines(*, now: datetime, limit: int) -> Sequence[MachineStanding]:
    """The machines by name."""
    async with transaction() as session:
        return [
            MachineStanding(
                name=machine.name,
                kind=machine.kind,
                employers=await employers_of(session, machine.id),
                made_at=machine.made_at,
                scoped_by=machine.scoped_by,
                revoked_at=machine.revoked_at,
                keys_end=tuple(
                    key.ends_at for key in await open_keys(session, machine.id, now=now)
                ),
            )
            for machine in await list_machines(session, limit=limit)
        ]


async def _scope(session: AsyncSession, machine: Machine, employers: Collection[str]) -> None:
    wanted = {each.strip() for each in employers}
    if ("" in wanted) or (machine.kind is MachineKind.EMPLOYER) != bool(wanted):
        raise EmployersWrong
    if wanted - await employers_on_file(session, wanted):
        raise EmployerNotOnFile
    await set_employers(session, machine.id, wanted)


def _add_key(
    session: AsyncSession, machine: Machine, *, days: int | None, by: str, now: datetime
) -> NewKey:
    longest = current_policy().api.key_days
    key_id, secret = secrets.token_hex(8), secrets.token_urlsafe(32)
    ends_at = now + timedelta(days=min(days or longest, longest))
    session.add(
        MachineKey(
            id=key_id,
            machine_id=machine.id,
            secret_hash=hash_token(secret),
            made_at=now,
            made_by=by,
            ends_at=ends_at,
        )
    )
    return NewKey(machine.name, write_key(key_id, secret), ends_at)
