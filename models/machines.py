"""Machines: accounts of other systems, whom they act for, and their keys; keys by hashes alone."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, String, delete, func, literal_column, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import Field, SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.columns import instant, known, named, optional_instant
from models.practitioners import Practitioner
from models.requests import Request
from rules.accounts.machines import MachineKind
from rules.errors import NotFound

_USE = text("""
WITH found AS (
    SELECT machine_keys.secret_hash, machines.id AS machine_id, machines.name, machines.kind,
        machine_keys.ends_at <= :now OR machines.revoked_at IS NOT NULL AS is_over,
        ARRAY(
            SELECT employer FROM machine_employers WHERE machine_id = machines.id
        ) AS employers
    FROM machine_keys JOIN machines ON machines.id = machine_keys.machine_id
    WHERE machine_keys.id = :id
), noted AS (
    INSERT INTO access_log (at, viewer_kind, viewer, what, why)
    SELECT :now, 'machine', name, 'machine_use',
        CASE WHEN is_over THEN 'key_is_over' ELSE CAST(:why AS text) END
    FROM found WHERE secret_hash = :hash
)
SELECT * FROM found
""")


@dataclass(frozen=True, kw_only=True, repr=False)
class UsedKey:
    """A key that was used, whose it is, and for whose people that acts."""

    secret_hash: str
    is_over: bool
    machine_id: UUID
    name: str
    kind: MachineKind
    employers: frozenset[str]


class MachineUnknown(NotFound):
    """No machine has this name."""


class Machine(SQLModel, table=True):
    """One account of another system."""

    __tablename__ = "machines"
    __table_args__ = (known("kind", MachineKind, name="a_machine_has_a_known_kind"),)

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    name: str = Field(unique=True)
    kind: MachineKind = Field(sa_type=named(MachineKind))
    made_at: datetime = instant()
    #: The login of whoever made it, and ended it.
    made_by: str
    #: When it was last said anew for whom it acts, and by which login.
    scoped_at: datetime | None = optional_instant()
    scoped_by: str | None = None
    revoked_at: datetime | None = optional_instant()
    revoked_by: str | None = None


class MachineEmployer(SQLModel, table=True):
    """A name of the employer whose people a machine acts for, as it is on their file."""

    __tablename__ = "machine_employers"

    machine_id: UUID = Field(foreign_key="machines.id", primary_key=True)
    employer: str = Field(primary_key=True)


class MachineKey(SQLModel, table=True):
    """One key of a machine. What opens is nowhere here."""

    __tablename__ = "machine_keys"

    #: The half by which a key is found; the other half proves it.
    id: str = Field(primary_key=True)
    machine_id: UUID = Field(foreign_key="machines.id", index=True)
    #: SHA-256 of the other half.
    secret_hash: str
    made_at: datetime = instant()
    made_by: str
    #: It is over from then on.
    ends_at: datetime = instant()


class MachineRequest(SQLModel, table=True):
    """A request that a machine handed in."""

    __tablename__ = "machine_requests"

    request_id: UUID = Field(foreign_key="requests.id", primary_key=True)
    machine_id: UUID = Field(foreign_key="machines.id", index=True)


async def add_machine(session: AsyncSession, machine: Machine) -> bool:
    """Keep a new machine; False, with nothing written, where its name is another's."""
    added = await session.exec(
        insert(Machine)
        .values(**machine.model_dump())
        .on_conflict_do_nothing(index_elements=["name"])
        .returning(col(Machine.id))
    )
    return added.first() is not None


async def find_machine(session: AsyncSession, name: str, *, lock: bool = False) -> Machine:
    """The machine of this name, revoked or not; raises `MachineUnknown`."""
    query = select(Machine).where(col(Machine.name) == name)
    if lock:
        query = query.with_for_update()
    found = (await session.exec(query)).one_or_none()
    if found is None:
        raise MachineUnknown
    return found


async def list_machines(session: AsyncSession, *, limit: int) -> Sequence[Machine]:
    """The machines by name, revoked ones too."""
    return (await session.exec(select(Machine).order_by(col(Machine.name)).limit(limit))).all()


async def employers_of(session: AsyncSession, machine_id: UUID) -> tuple[str, ...]:
    """The names of the employer whose people it acts for."""
    query = (
        select(MachineEmployer.employer)
        .where(col(MachineEmployer.machine_id) == machine_id)
        .order_by(col(MachineEmployer.employer))
    )
    return tuple((await session.exec(query)).all())


async def set_employers(
    session: AsyncSession, machine_id: UUID, employers: Collection[str]
) -> None:
    """These names and no others; the caller has locked the machine."""
    await session.exec(delete(MachineEmployer).where(col(MachineEmployer.machine_id) == machine_id))
    session.add_all(
        MachineEmployer(machine_id=machine_id, employer=each) for each in sorted(set(employers))
    )


async def employers_on_file(session: AsyncSession, names: Collection[str]) -> set[str]:
    """Those of the names that somebody on the register has as their employer."""
    query = select(Practitioner.employer).where(col(Practitioner.employer).in_(names)).distinct()
    return set((await session.exec(query)).all())


async def use_key(
    glance: AsyncConnection, key_id: str, *, secret_hash: str, why: str, now: datetime
) -> UsedKey | None:
    """The key of this id, whether over or not, and whose it is; its use is a line of the log.

    None where nobody has it. The line is written where the hash is the key's own; whether it is,
    the caller compares in constant time. One statement, as it is asked with every call.
    """
    values = {"id": key_id, "hash": secret_hash, "why": why, "now": now}
    found = (await glance.execute(_USE, values)).one_or_none()
    if found is None:
        return None
    return UsedKey(
        secret_hash=found.secret_hash,
        is_over=found.is_over,
        machine_id=found.machine_id,
        name=found.name,
        kind=MachineKind(found.kind),
        employers=frozenset(found.employers),
    )


async def open_keys(
    session: AsyncSession, machine_id: UUID, *, now: datetime
) -> Sequence[MachineKey]:
    """The machine's keys that work now, newest first."""
    query = (
        select(MachineKey)
        .where(col(MachineKey.machine_id) == machine_id, col(MachineKey.ends_at) > now)
        .order_by(col(MachineKey.made_at).desc(), col(MachineKey.id))
    )
    return (await session.exec(query)).all()


async def end_keys(session: AsyncSession, machine_id: UUID, *, at: datetime) -> None:
    """End every key of the machine at that instant, where it does not end before."""
    await session.exec(
        update(MachineKey)
        .where(col(MachineKey.machine_id) == machine_id, col(MachineKey.ends_at) > at)
        .values(ends_at=at)
        .execution_options(synchronize_session=False)
    )


#: Of a row of requests: the employer that somebody typed who is not on file yet.
TYPED_EMPLOYER = "requests.submission -> 'profile' ->> 'employer'"
#: As on file; of who is to be registered, as it was typed.
EMPLOYER: ColumnElement[str | None] = func.coalesce(
    col(Practitioner.employer), literal_column(TYPED_EMPLOYER, String)
)


async def find_with_owner(
    session: AsyncSession, tracking_code: str
) -> tuple[Request, str | None, UUID | None] | None:
    """The request of this canonical code, its person's employer, and the machine that sent it.

    One question, so that a request that is not shown takes as long as one that does not exist.
    """
    query = (
        select(Request, EMPLOYER, col(MachineRequest.machine_id))
        .join(Practitioner, col(Practitioner.id) == col(Request.practitioner_id), isouter=True)
        .join(MachineRequest, col(MachineRequest.request_id) == col(Request.id), isouter=True)
        .where(col(Request.tracking_code) == tracking_code, col(Request.emptied_at).is_(None))
    )
    return (await session.exec(query)).one_or_none()
