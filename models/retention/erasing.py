"""Of every table that may hold something about a person: what goes with the person, what stays.

What stays says that something happened, and not to whom: it names a row of `practitioners` in which
nobody is named any more. `tests/models/retention/test_erasing.py` misses no table and no column.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Table, delete, literal_column, text, update
from sqlmodel import SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.cards import Card
from models.columns import quoted
from models.own_rows import is_about, own_tables
from models.practitioners import Practitioner, PractitionerUnknown
from models.requests import Request
from models.retention.requests import DELETED, empty
from models.statements import execute
from rules.erasing import DutyFacts
from rules.register.fields import ARABIC_NAMES, ENGLISH_NAMES
from rules.requests.transitions import FINAL


@dataclass(frozen=True)
class Blanked:
    """Rows that stay: what is put in the place of which columns, as SQL, and what stands on."""

    stays: str
    blank: Mapping[str, str] = field(default_factory=dict)


_EMPTY, _NEVER = "''", "DATE '9999-12-31'"
_NOBODY = "'erased:' || practitioners.id"
_SAYS = ("nationality", "mobile", "email", "address", "employer", "specialty", "rank")
#: Rows that go as a whole; `DELETED` and tokens go with the requests.
GOES = (
    *DELETED,
    "link_tokens",
    "account_link_tokens",
    "account_links",
    "account_roles",
    "account_sessions",
    "accounts",
    "address_changes",
    "address_codes",
    "card_codes",
    "app_set_ups",
    "authenticator_apps",
    "cpd_entries",
    "drafts",
    "experience_entries",
    "half_sign_ins",
    "known_devices",
    "mailbox_doubts",
    "newcomer_sessions",
    "official_records",
    "passkeys",
    "provider_links",
    "qualification_entries",
    "recovery_codes",
    "reminder_tokens",
    "sign_in_mailboxes",
    "submission_job_rows",
    "suppressions",
    "webhooks",
)
#: Rows of which something stays, with every column that does.
STAYS: Mapping[str, Blanked] = {
    "practitioners": Blanked(
        "id identity_number_shared version confirmed_at on_file_since",
        {
            **dict.fromkeys((*ARABIC_NAMES, *ENGLISH_NAMES, *_SAYS, "identity_kind"), _EMPTY),
            "registration_number": _NOBODY,
            "identity_number": _NOBODY,
            "birth_date": "DATE '1900-01-01'",
            "preferred_language": "'ar'",
            "examine_on": _NEVER,
            "erased_at": ":now",
        },
    ),
    "profile_versions": Blanked(
        "id practitioner_id version request_id undoes_request_id changed_by changed_at",
        {"changes": "'{}'::jsonb"},
    ),
    "profile_confirmations": Blanked("id practitioner_id version confirmed_at reminder_id"),
    "cards": Blanked(
        "id practitioner_id status category valid_from expires_on", {"examine_on": _NEVER}
    ),
    "card_periods": Blanked(
        "id card_id valid_from expires_on follows made_by actor request_id recorded_at"
    ),
    "reminders": Blanked(
        "id practitioner_id about anchor threshold copy undone_at status reason letter examined_on "
        "run created_at next_attempt_at attempts held_by held_until waits_for_us settled_at",
        {"address": "NULL", "server_reply": "NULL"},
    ),
    # What was asked for goes by `models.retention.requests.empty`.
    "requests": Blanked(" ".join(Request.__table__.columns.keys())),  # type: ignore[attr-defined]
    "request_events": Blanked(
        "id request_id at what from_status to_status actor_kind actor reason_code round "
        "announced_at"
    ),
    "decisions": Blanked(
        "id request_id round officer verdict reason_code origin decided_at", {"note": "NULL"}
    ),
    "bills": Blanked("id number request_id amount_minor currency issued_at paid_on recorded_at"),
    "activation_links": Blanked(
        "id request_id purpose serial issued_at expires_at superseded_at used_at reminded_at "
        "expiry_told_at"
    ),
    "operator_acts": Blanked("id at operator act request_id number", {"reason": _EMPTY}),
    # A request or a document may name it.
    "newcomers": Blanked("id begun_at", {"mailbox": "'erased:' || newcomers.id"}),
    # The key goes by the documents' door, with a certificate; the store is emptied within the hour.
    "uploads": Blanked(
        "id owner_id kind state state_since received_at checked_at size_bytes media_type "
        "newcomer_id wrapped_key scan pages notes fault fault_facts replaces content_removed_at",
        {"sha256": _EMPTY, "scan_found": "NULL"},
    ),
    "upload_events": Blanked("id upload_id at from_state to_state actor_kind actor"),
    "destruction_certificates": Blanked(
        "id upload_id kind sha256 size_bytes rule reason ordered_by destroyed_at"
    ),
    # Of whom it is about, an auditor asks until its own days are over.
    "access_log": Blanked(
        "id at viewer_kind viewer what practitioner_id request_id upload_id page why"
    ),
    "holds": Blanked(
        "id practitioner_id request_id placed_at placed_by lifted_at lifted_by",
        {"reason": _EMPTY},
    ),
    "officers": Blanked("user_name active", {"practitioner_id": "NULL"}),
}
#: Of an address that somebody else has as well: it is theirs.
_OF_NOBODY_ELSE = """
NOT EXISTS (SELECT FROM practitioners other
            WHERE lower(other.email) = {column} AND other.id <> :person)
"""
_SHARED = {
    "mailbox_doubts": "mailbox_doubts.address",
    "newcomer_sessions": "newcomer_sessions.address",
    "newcomers": "newcomers.mailbox",
    "suppressions": "suppressions.address",
}
_STANDING = text(f"""
SELECT
    count(*) FILTER (WHERE status NOT IN ({quoted(FINAL)}) OR run_state <> 'settled'),
    max(status_since) FILTER (WHERE emptied_at IS NULL AND status IN ({quoted(FINAL)})),
    (SELECT count(*) FROM holds WHERE lifted_at IS NULL AND (practitioner_id = :person
        OR request_id IN (SELECT id FROM requests WHERE practitioner_id = :person)
        OR request_id IN (SELECT request_id FROM upload_uses JOIN uploads ON uploads.id = upload_id
                          WHERE owner_id = :person))),
    EXISTS (SELECT FROM officers WHERE active AND practitioner_id = :person)
FROM requests WHERE practitioner_id = :person
""")  # noqa: S608 - our own names
_FULL = text("""
SELECT id FROM requests WHERE practitioner_id = :person AND emptied_at IS NULL
ORDER BY id FOR UPDATE
""")


async def lock_to_erase(session: AsyncSession, registration_number: str) -> Practitioner:
    """The person with this number; nobody else changes or newly names them meanwhile.

    Raises `PractitionerUnknown`, also for who was erased.
    """
    query = (
        select(Practitioner)
        .where(col(Practitioner.registration_number) == registration_number)
        .with_for_update()
    )
    found = (await session.exec(query)).one_or_none()
    if found is None:
        raise PractitionerUnknown
    return found


async def standing_of(session: AsyncSession, practitioner_id: UUID) -> DutyFacts:
    """What of the person may stand against it."""
    given = {"person": practitioner_id}
    (row,) = (await execute(session, _STANDING, given)).all()
    card = (
        await session.exec(select(Card).where(col(Card.practitioner_id) == practitioner_id))
    ).one_or_none()
    return DutyFacts(
        open_requests=row[0],
        last_ended_at=row[1],
        card_status=card.status if card else None,
        card_expires_on=card.expires_on if card else None,
        holds=row[2],
        is_officer=row[3],
    )


async def erase_rows(
    session: AsyncSession, practitioner_id: UUID, *, now: datetime
) -> Counter[str]:
    """Remove all that says who this was, and what they wrote; returns how many rows, by table.

    Under a certificate of `Subject.PERSON` in the same transaction: without one the database
    refuses. Documents have lost their keys before.
    """
    full = (await execute(session, _FULL, {"person": practitioner_id})).scalars().all()
    done = await empty(session, full, now)
    tables = {table.name: table for table in own_tables()}
    # What refers to another row goes before it, and the person's own row comes last.
    person = tables.pop("practitioners")
    ordered = (one for one in reversed(SQLModel.metadata.sorted_tables) if one.name in tables)
    for table in (*ordered, person):
        done[table.name] += await _erase(session, table, practitioner_id, now)
    return +done


async def _erase(session: AsyncSession, table: Table, practitioner_id: UUID, now: datetime) -> int:
    about = [is_about(table, practitioner_id)]
    if table.name in _SHARED:
        others = text(_OF_NOBODY_ELSE.format(column=_SHARED[table.name]))
        about.append(others.bindparams(person=practitioner_id))  # type: ignore[arg-type]
    if table.name in GOES:
        return (await execute(session, delete(table).where(*about))).rowcount
    blank = STAYS[table.name].blank
    if not blank:
        return 0
    values: dict[str, ColumnElement[object]] = {
        name: literal_column(said) for name, said in blank.items() if said != ":now"
    }
    new = update(table).where(*about).values(values)
    if "erased_at" in blank:
        new = new.values(erased_at=now)
    return (await execute(session, new)).rowcount
