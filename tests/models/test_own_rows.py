"""What is held of a person is found by the tables themselves: none can be forgotten."""

import re

import pytest
from sqlalchemy import LargeBinary, Table
from sqlmodel import SQLModel, col, select

from models.database import transaction
from models.own_rows import OF_NOBODY, Row, own_rows, own_tables, shown_columns
from models.practitioners import CpdEntry, find_practitioner
from models.reminders.suppressions import suppress
from models.requests import Decision, Request
from models.setbacks import Setback
from rules.reminders.suppression import Why
from rules.values.dates import riyadh_day
from support.accounts import Member, with_password
from support.cards import give_card
from support.people import specialty_change
from support.requests import NOW, request_at_gate

#: What a name of a column says of its content, however it is written.
SECRET = re.compile(
    r"hash|token|secret|password(?!_set_at)|lease|private|credential|_key$|challenge"
)
HARMLESS = {"idempotency_key", "activity_key", "pause_key"}


def named(name: str) -> Table:
    return SQLModel.metadata.tables[name]


async def everything(member: Member, limit: int = 500) -> dict[str, list[Row]]:
    """All rows about this person, by table."""
    async with transaction() as session:
        person = await find_practitioner(session, member.registration_number)
        return {
            table.name: await own_rows(session, table, person.id, after=None, limit=limit)
            for table in own_tables()
        }


def test_every_table_is_of_a_person_or_says_why_not() -> None:
    """A new one that names a person is found by itself; else it gets a line with its reason."""
    found = {table.name for table in own_tables()}

    assert found | set(OF_NOBODY) == set(SQLModel.metadata.tables)
    assert not found & set(OF_NOBODY)


def test_no_secret_and_no_officer_s_name_is_given_out() -> None:
    """By what the columns are called, and by what they refer to."""
    shown = [(table.name, column) for table in own_tables() for column in shown_columns(table)]

    assert [
        (table, column.name)
        for table, column in shown
        if SECRET.search(column.name) and column.name not in HARMLESS
    ] == []
    assert not [
        table
        for table, column in shown
        if any(key.column.table.name == "officers" for key in column.foreign_keys)
    ]
    assert not {"viewer", "actor", "ordered_by"} & {column.name for _, column in shown}
    assert not [column for _, column in shown if isinstance(column.type, LargeBinary)]


def test_a_reason_that_is_for_the_house_is_not_given_out() -> None:
    """Those that are shown are codes, or were said of the person's own documents."""
    shown = {
        table.name
        for table in own_tables()
        for column in shown_columns(table)
        if column.name == "reason"
    }

    assert shown == {"destruction_certificates", "reminders", "setbacks"}


@pytest.fixture
async def two(database: str) -> tuple[Member, Member]:
    """Two people with an account, a card, a request, hours and a stopped reminder each."""
    members = (await with_password(), await with_password())
    for number, member in enumerate(members):
        await give_card(member.registration_number, expires_on=riyadh_day(NOW))
        submission = specialty_change(
            riyadh_day(NOW),
            registration_number=member.registration_number,
            idempotency_key=f"own-rows-{number}",
        )
        await request_at_gate(submission)
        async with transaction() as session:
            person = await find_practitioner(session, member.registration_number)
            await suppress(session, person.email.lower(), why=Why.ASKED, now=NOW)
            request = (
                await session.exec(select(Request).where(col(Request.practitioner_id) == person.id))
            ).one()
            session.add(
                CpdEntry(
                    practitioner_id=person.id,
                    activity_key="a",
                    source="loaded",
                    title="t",
                    issuer="i",
                    completed_on=riyadh_day(NOW),
                    hours=1,  # type: ignore[arg-type] # read back as a decimal
                    recorded_at=NOW,
                )
            )
            session.add(
                Setback(
                    request_id=request.id,
                    work="run",
                    reason="x",
                    detail="d",
                    since=NOW,
                    tries=1,
                    retry_at=NOW,
                )
            )
            session.add(
                Decision(
                    request_id=request.id,
                    round=1,
                    officer="amal",
                    verdict="approve",
                    origin="command",
                    decided_at=NOW,
                )
            )
    return members


async def test_what_is_held_of_somebody_is_found(two: tuple[Member, Member]) -> None:
    """By a foreign key of a foreign key, and by address and identity number."""
    found = await everything(two[0])
    filled = {name for name, rows in found.items() if rows}

    assert filled >= {
        "practitioners",
        "accounts",
        "account_links",
        "account_sessions",
        "cards",
        "card_periods",
        "cpd_entries",
        "decisions",
        "known_devices",
        "letters",
        "official_records",
        "request_events",
        "requests",
        "setbacks",
        "sign_in_mailboxes",
        "submission_keys",
        "suppressions",
    }
    assert len(found["letters"]) == 2  # about the request, and about the account


async def test_nothing_of_somebody_else_is_in_it(two: tuple[Member, Member]) -> None:
    """Not a row of the other person, in any table."""
    one, other = await everything(two[0]), await everything(two[1])

    for name, rows in one.items():
        keys = [column.name for column in named(name).primary_key.columns]
        theirs = {tuple(row[key] for key in keys) for row in other[name]}
        assert not theirs & {tuple(row[key] for key in keys) for row in rows}, name
    text = repr(one)
    for secret in (two[1].registration_number, two[1].identity_number, two[1].email):
        assert secret not in text


async def test_rows_come_in_portions_and_each_once(two: tuple[Member, Member]) -> None:
    """In the order of the key, whatever it is made of."""
    whole = await everything(two[0])
    async with transaction() as session:
        person = await find_practitioner(session, two[0].registration_number)
        for table in own_tables():
            found: list[Row] = []
            while True:
                after = found[-1] if found else None
                more = await own_rows(session, table, person.id, after=after, limit=1)
                if not more:
                    break
                found += more
            assert found == whole[table.name]


async def test_a_number_that_two_people_had_gives_nobody_its_record(
    two: tuple[Member, Member],
) -> None:
    """It may be the other one's."""
    async with transaction() as session:
        person = await find_practitioner(session, two[0].registration_number)
        person.identity_number_shared = True

    assert (await everything(two[0]))["official_records"] == []
