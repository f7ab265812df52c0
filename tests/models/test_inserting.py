"""Rows of several tables in one statement."""

from typing import Any

from sqlmodel import select

from models.database import transaction
from models.inserting import insert_together
from models.machines import Machine, MachineEmployer, MachineKey
from rules.accounts.machines import MachineKind
from support.requests import NOW


def machine(name: str) -> Machine:
    return Machine(name=name, kind=MachineKind.HOUSE, made_at=NOW, made_by="ops")


def key_of(owner: Machine, key_id: str) -> MachineKey:
    return MachineKey(
        id=key_id, machine_id=owner.id, secret_hash="-", made_at=NOW, made_by="ops", ends_at=NOW
    )


async def kept(model: Any) -> list[Any]:
    async with transaction() as session:
        return list((await session.exec(select(model))).all())


async def test_rows_that_name_each_other_are_kept_together(database: str) -> None:
    """Each table is told by itself, one without rows too."""
    owner = machine("one")
    async with transaction() as session:
        written = await insert_together(
            session, [key_of(owner, "a"), key_of(owner, "b")], [], [owner]
        )

    assert [sorted(each) for each in written] == [[("a",), ("b",)], [], [(str(owner.id),)]]
    assert {row.id for row in await kept(MachineKey)} == {"a", "b"}


async def test_what_is_there_stays_and_is_not_told(database: str) -> None:
    """Nor does it keep the others out."""
    owner, other = machine("one"), machine("two")
    async with transaction() as session:
        await insert_together(session, [owner], [key_of(owner, "a")])
    async with transaction() as session:
        written = await insert_together(session, [other], [key_of(other, "a"), key_of(other, "b")])

    assert written == [[(str(other.id),)], [("b",)]]
    assert {row.id: row.machine_id for row in await kept(MachineKey)} == {
        "a": owner.id,
        "b": other.id,
    }


async def test_nothing_to_keep_asks_nothing(database: str) -> None:
    """Of any table."""
    async with transaction() as session:
        assert await insert_together(session, [], []) == [[], []]
    assert await kept(MachineEmployer) == []
