"""Machines and their keys: made, scoped, rotated, revoked, and who is behind a key."""

import asyncio
from datetime import timedelta

import pytest
from sqlmodel import select

from desk.accounts import machine_keys
from desk.accounts.machine_keys import MachineKeyRefused, NotForThisMachine, whose_key
from desk.accounts.machines import (
    EmployerNotOnFile,
    EmployersWrong,
    MachineNameTaken,
    MachineRevoked,
    machines,
    make_machine,
    revoke_machine,
    rotate_key,
    scope_machine,
)
from models.database import transaction
from models.machines import MachineKey, MachineUnknown
from models.practitioners import find_practitioner
from rules.accounts.machines import MachineAct, MachineKind, NotAMachineName
from support.machines import EMPLOYER, key_of, machine_lines
from support.people import register_people
from support.policies import frozen_policy
from support.requests import NOW

DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
async def people(database: str) -> None:
    """Two practitioners of one employer."""
    await register_people()


async def test_a_key_opens_its_own_machine_and_its_use_is_a_line() -> None:
    """With the names of its employer, as on file."""
    calling = await whose_key(await key_of(), for_what="read_request", now=NOW)

    assert (calling.name, calling.kind) == ("hospital", MachineKind.EMPLOYER)
    assert calling.employers == {EMPLOYER}
    assert await machine_lines() == [("hospital", "machine_use", "read_request")]


async def test_nothing_that_opens_is_in_the_database() -> None:
    """Only the half that finds, and a hash of the half that proves."""
    key = await key_of()
    async with transaction() as session:
        (row,) = (await session.exec(select(MachineKey))).all()

    _, key_id, secret = key.split("_", 2)
    assert row.id == key_id
    assert secret not in repr(row)


@pytest.mark.parametrize(
    "forged",
    [
        lambda _: "",
        lambda _: "no key at all",
        lambda key: key[:-1] + ("A" if key[-1] != "A" else "B"),
        lambda key: f"mumaris_{'0' * 16}_{key[25:]}",
        lambda key: key + "A",
        lambda key: key.upper(),
        lambda key: key + "\n",
    ],
)
async def test_anything_else_opens_nothing(forged: object) -> None:
    """Whatever is nearly a key; nothing is a line of the log, as nobody has used one."""
    assert callable(forged)
    with pytest.raises(MachineKeyRefused):
        await whose_key(forged(await key_of()), for_what="read_request", now=NOW)

    assert await machine_lines() == []


async def test_an_id_that_nobody_has_costs_a_comparison_too(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """So its answer comes as late as one about a key that there is."""
    compared: list[tuple[str, str]] = []

    def noting(one: str, other: str) -> bool:
        compared.append((one, other))
        return False

    monkeypatch.setattr(machine_keys.hmac, "compare_digest", noting)
    with pytest.raises(MachineKeyRefused):
        await whose_key(f"mumaris_{'0' * 16}_{'A' * 43}", for_what="read_request", now=NOW)

    assert [len(one) for one, _ in compared] == [64]


async def test_a_key_ends_on_its_day_and_its_later_use_is_a_line() -> None:
    """At the instant itself it is over."""
    key = await key_of(days=3)
    await whose_key(key, for_what="a", now=NOW + 3 * DAY - timedelta(seconds=1))

    with pytest.raises(MachineKeyRefused):
        await whose_key(key, for_what="b", now=NOW + 3 * DAY)

    assert [why for _, _, why in await machine_lines()] == ["a", "key_is_over"]


async def test_no_key_lives_longer_than_policy_allows() -> None:
    """However many days are asked for."""
    await key_of(days=90_000)

    (machine,) = await machines(now=NOW, limit=9)
    assert machine.keys_end == (NOW + frozen_policy().api.key_days * DAY,)


async def test_a_rotated_key_works_for_some_hours_and_no_longer() -> None:
    """Both do meanwhile; then the new one does."""
    overlap = timedelta(hours=frozen_policy().api.key_overlap_hours)
    before = await key_of()
    after = (await rotate_key("hospital", by="ops", now=NOW)).key

    for key in (before, after):
        await whose_key(key, for_what="a", now=NOW + overlap - timedelta(seconds=1))
    with pytest.raises(MachineKeyRefused):
        await whose_key(before, for_what="a", now=NOW + overlap)
    await whose_key(after, for_what="a", now=NOW + overlap)


async def test_a_lost_key_ends_at_once() -> None:
    """Where that is asked for."""
    lost = await key_of()
    await rotate_key("hospital", at_once=True, by="ops", now=NOW)

    with pytest.raises(MachineKeyRefused):
        await whose_key(lost, for_what="a", now=NOW)


async def test_a_revoked_machine_never_comes_back() -> None:
    """No key opens it, it gets no other, and nobody gets its name."""
    key = await key_of()
    ended = [await revoke_machine("hospital", by="ops", now=NOW) for _ in "12"]

    assert ended == [True, False]
    with pytest.raises(MachineKeyRefused):
        await whose_key(key, for_what="a", now=NOW)
    with pytest.raises(MachineRevoked):
        await rotate_key("hospital", by="ops", now=NOW)
    with pytest.raises(MachineNameTaken):
        await key_of()


async def test_a_new_scope_holds_from_the_next_call_on() -> None:
    """In the place of the one before."""
    key = await key_of()
    async with transaction() as session:
        (await find_practitioner(session, "30207788")).employer = "Aseer Central Hospital"

    await scope_machine("hospital", ["Aseer Central Hospital"], by="another", now=NOW)

    calling = await whose_key(key, for_what="a", now=NOW)
    (standing,) = await machines(now=NOW, limit=9)
    assert calling.employers == {"Aseer Central Hospital"}
    assert standing.scoped_by == "another"


@pytest.mark.parametrize(
    ("kind", "employers", "error"),
    [
        (MachineKind.EMPLOYER, [], EmployersWrong),
        (MachineKind.EMPLOYER, [" "], EmployersWrong),
        (MachineKind.HOUSE, [EMPLOYER], EmployersWrong),
        (MachineKind.PAYMENTS, [EMPLOYER], EmployersWrong),
        (MachineKind.EMPLOYER, [EMPLOYER.lower()], EmployerNotOnFile),
        (MachineKind.EMPLOYER, [EMPLOYER, "Nobody's Hospital"], EmployerNotOnFile),
    ],
)
async def test_a_scope_that_means_nobody_is_refused(
    kind: MachineKind, employers: list[str], error: type[Exception]
) -> None:
    """And then there is no machine."""
    with pytest.raises(error):
        await make_machine("hospital", kind, employers=employers, by="ops", now=NOW)

    assert await machines(now=NOW, limit=9) == []


@pytest.mark.parametrize("name", ["", "ab", "Hospital", "a b c", "a/b/c", "../..", "م" * 5])
async def test_a_name_is_plain(name: str) -> None:
    """It stands in logs and commands."""
    with pytest.raises(NotAMachineName):
        await key_of(name)


async def test_of_two_made_at_once_one_has_the_name() -> None:
    """And the other one is told."""
    made = await asyncio.gather(key_of(), key_of(), return_exceptions=True)

    assert sorted(type(each).__name__ for each in made) == ["MachineNameTaken", "str"]


async def test_what_no_machine_has_is_said() -> None:
    """To operations, who mistyped it."""
    with pytest.raises(MachineUnknown):
        await revoke_machine("nobody", by="ops", now=NOW)


@pytest.mark.parametrize("kind", list(MachineKind))
async def test_each_kind_may_do_what_it_is_for(kind: MachineKind) -> None:
    """A payment gateway sees nobody; only the authority's own systems carry decisions."""
    calling = await whose_key(await key_of(kind=kind), for_what="a", now=NOW)

    def may(act: MachineAct) -> bool:
        try:
            calling.refuse_unless(act)
        except NotForThisMachine:
            return False
        return True

    people = [MachineAct.HAND_IN, MachineAct.READ, MachineAct.LOOK_UP, MachineAct.CHECK_CARDS]
    assert {act for act in MachineAct if may(act)} == {
        MachineKind.EMPLOYER: {*people},
        MachineKind.HOUSE: {*people, MachineAct.CARRY_DECISION},
        MachineKind.PAYMENTS: {MachineAct.REPORT_PAYMENT},
    }[kind]
