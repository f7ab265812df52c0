"""Every row that is about one person, found by the tables' own foreign keys.

A table that is added is found as soon as it names a practitioner, an account, a request or a
document. One that names nobody has its line here, or `tests/models/test_own_rows.py` fails.
"""

import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Column, ColumnElement, Select, Table, func, literal, or_, select, tuple_
from sqlmodel import SQLModel
from sqlmodel.ext.asyncio.session import AsyncSession

from models import tables  # noqa: F401 - all of them are looked at

_PERSON = "practitioners"
#: What names an officer leads to what that officer did for others.
_LEADS_NOWHERE = "officers"
#: By its name: why a table holds nothing about a person.
OF_NOBODY: Mapping[str, str] = {
    "case_readers": "which officers have a case open, for some seconds",
    "absences": "days on which somebody of the house is not at the desk",
    "examination_days": "days on which a whole register is looked at",
    "last_times": "when parts of this program last ran",
    "machine_employers": "whose people another system acts for",
    "machine_keys": "keys of other systems, by hashes",
    "machines": "accounts of other systems",
    "mail_outages": "when the mail server was away",
    "passkey_challenges": "questions to browsers of which nobody knows yet whose they are",
    "provider_trips": "browsers on their way to an identity provider, by digests",
    "reference_counters": "the last number of a kind and year",
    "reminder_orders": "what operations ordered for a whole run",
    "webhook_secrets": "by what webhooks are signed, sealed",
    "webhook_subscriptions": "where another system is told of what happens",
    "submission_job_files": "a file of another system, until each of its rows is settled",
    "submission_jobs": "how far a file of another system is",
    "retention_certificates": "how many rows were removed, and by which line of policy",
    "waves": "how many requests one run carried together",
    "sign_in_counts": "digests that are forgotten within days, and cannot be read back",
}
#: Columns that are nobody's to read: what proves or opens something, and who holds a lease.
_SECRET = re.compile(r"hash|token|secret|challenge|credential|public_key|wrapped_key|lease|held_by")
_UNSAID = "not said to anybody until it lands, and then it is among the decisions"
#: By table and column: why it is left out.
_LEFT_OUT: Mapping[tuple[str, str], str] = {
    ("access_log", "viewer"): "a name of somebody of the house",
    ("access_log", "why"): "an officer's words, which may speak of a suspicion",
    ("card_codes", "ended_by"): "a name of somebody of the house",
    ("card_periods", "actor"): "a name of somebody of the house",
    ("destruction_certificates", "ordered_by"): "a name of somebody of the house",
    ("handed_over", "before"): "a name of somebody of the house",
    ("handed_over", "reason"): "for the house alone",
    ("handed_over", "said_by"): "a name of somebody of the house",
    ("holds", "reason"): "for the house alone",
    ("machine_requests", "machine_id"): "a number of ours for a system; the access log names it",
    ("operator_acts", "reason"): "for the house alone",
    ("passed_on", "reason"): "for the house alone",
    ("put_aside", "reason"): "for the house alone",
    ("request_events", "actor"): "a name of somebody of the house",
    ("setbacks", "detail"): "words of this program's errors",
    ("submission_job_rows", "job_id"): "a number of ours for another system's file",
    ("upload_events", "actor"): "a name of somebody of the house",
    ("waiting_decisions", "fields"): _UNSAID,
    ("waiting_decisions", "note"): _UNSAID,
    ("waiting_decisions", "reason_code"): _UNSAID,
    ("waiting_decisions", "verdict"): _UNSAID,
    ("webhooks", "reply"): "of another system, and nobody's data",
    ("webhooks", "subscription_id"): "a number of ours for a system that sees the request",
}

Row = Mapping[str, Any]
OwnTable = Table


def own_tables() -> tuple[Table, ...]:
    """The tables that may hold something about a person; the person's own first."""
    metadata = SQLModel.metadata.tables
    names = [name for name in metadata if name in _ways() or name in _BY_VALUE]
    return tuple(metadata[name] for name in (_PERSON, *sorted(names)))


def shown_columns(table: Table) -> tuple[Column[Any], ...]:
    """The columns of this table that its person is given."""
    return tuple(column for column in table.columns if not _is_left_out(table, column))


async def own_rows(
    session: AsyncSession, table: Table, practitioner_id: UUID, *, after: Row | None, limit: int
) -> list[Row]:
    """The rows of this table about the person, in the order of its key; those after one row.

    Each holds its key, and what `shown_columns` names.
    """
    keys = tuple(table.primary_key.columns)
    wanted = {column.name: column for column in (*keys, *shown_columns(table))}
    about = is_about(table, practitioner_id)
    query = select(*wanted.values()).where(about).order_by(*keys).limit(limit)
    if after is not None:
        last = (literal(after[key.name], key.type) for key in keys)
        query = query.where(tuple_(*keys) > tuple_(*last))
    found = await (await session.connection()).execute(query)
    return [dict(row) for row in found.mappings()]


def _is_left_out(table: Table, column: Column[Any]) -> bool:
    names_an_officer = any(key.column.table.name == _LEADS_NOWHERE for key in column.foreign_keys)
    is_secret = _SECRET.search(column.name) is not None
    return names_an_officer or is_secret or (table.name, column.name) in _LEFT_OUT


@cache
def _ways() -> Mapping[str, tuple[Column[Any], ...]]:
    """By table: the columns that name what is nearest to the person, of all the ways there are."""
    found: dict[str, tuple[Column[Any], ...]] = {}
    reached = {_PERSON}
    while reached:
        nearer = reached
        reached = set()
        for table in SQLModel.metadata.tables.values():
            if table.name in found or table.name == _PERSON:
                continue
            ways = [key.parent for key in table.foreign_keys if key.column.table.name in nearer]
            if ways:
                reached.add(table.name)
                found[table.name] = tuple(sorted(ways, key=lambda column: column.name))
        reached.discard(_LEADS_NOWHERE)
    return found


def is_about(table: Table, practitioner_id: UUID) -> ColumnElement[bool]:
    """That a row of this table is about the person, by whatever leads there."""
    if table.name == _PERSON:
        return table.c.id == practitioner_id
    ways = [
        way.in_(_keys(next(iter(way.foreign_keys)).column, practitioner_id))
        for way in _ways().get(table.name, ())
    ]
    by_value = _BY_VALUE.get(table.name)
    return or_(*ways, *([by_value(table, practitioner_id)] if by_value else []))


def _keys(named: Column[Any], practitioner_id: UUID) -> Select[Any]:
    return select(named).where(is_about(named.table, practitioner_id))


def _of_person(what: ColumnElement[Any], practitioner_id: UUID) -> Select[Any]:
    people = SQLModel.metadata.tables[_PERSON]
    return select(what).where(people.c.id == practitioner_id)


def _by_identity(table: Table, practitioner_id: UUID) -> ColumnElement[bool]:
    """A number that two people had is not known to be this one's."""
    people = SQLModel.metadata.tables[_PERSON]
    number = _of_person(people.c.identity_number, practitioner_id)
    return table.c.identity_number.in_(number.where(people.c.identity_number_shared.is_(False)))


def _by_mailbox(table: Table, practitioner_id: UUID) -> ColumnElement[bool]:
    people = SQLModel.metadata.tables[_PERSON]
    return table.c.address.in_(_of_person(func.lower(people.c.email), practitioner_id))


def _by_own_mailbox(table: Table, practitioner_id: UUID) -> ColumnElement[bool]:
    people = SQLModel.metadata.tables[_PERSON]
    return table.c.mailbox.in_(_of_person(func.lower(people.c.email), practitioner_id))


def _by_request(table: Table, practitioner_id: UUID) -> ColumnElement[bool]:
    return table.c.request_id.in_(_keys(SQLModel.metadata.tables["requests"].c.id, practitioner_id))


#: Tables that name a person by a value and not by a foreign key.
_BY_VALUE: Mapping[str, Callable[[Table, UUID], ColumnElement[bool]]] = {
    "mailbox_doubts": _by_mailbox,
    "newcomers": _by_own_mailbox,
    "newcomer_sessions": _by_mailbox,
    "official_records": _by_identity,
    "setbacks": _by_request,
    "suppressions": _by_mailbox,
}
