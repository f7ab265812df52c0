"""History cannot be changed, deleted or emptied, whoever tries: the database refuses."""

from collections.abc import AsyncIterator, Iterator
from datetime import date

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from desk.requests.review import Ruling, decide
from models.access_log import AccessLine, Looked, Viewer
from models.cards import Card, CardPeriod, PeriodMaker
from models.database import close_engine, transaction
from models.documents.certificates import DestructionCertificate
from models.documents.readings import DocumentReading
from models.practitioners import ProfileConfirmation, ProfileVersion
from models.reminders.reminders import Reminder, reminder_id
from models.requests import find_request
from models.statements import execute
from models.tables import ALL
from rules.documents.retention import EndRule
from rules.policy.thresholds import Topic
from rules.register.card import CardStatus, Category
from rules.requests.review import RejectionReason
from rules.requests.verdicts import Verdict
from support.databases import Databases
from support.people import register_people
from support.requests import NOW, request_at_gate
from support.uploads import upload_row

HISTORY = (
    "request_events",
    "decisions",
    "profile_versions",
    "profile_confirmations",
    "card_periods",
    "upload_events",
    "document_readings",
    "destruction_certificates",
    "access_log",
)
DAY = date(2026, 11, 23)
COLUMNS = [
    (str(table.__tablename__), column.name)
    for table in ALL
    if table.__tablename__ in HISTORY
    for column in table.__table__.columns  # type: ignore[attr-defined]
    if column.name != "announced_at"
]


@pytest.fixture(scope="module")
def of_all(databases: Databases) -> Iterator[str]:
    """Filled once: what is refused changes nothing."""
    with databases.filled(write_history) as filled:
        yield filled.url


@pytest.fixture
async def written(of_all: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[None]:
    """At least one line in every table of history."""
    monkeypatch.setenv("DATABASE_URL", of_all)
    yield
    await close_engine()


async def write_history() -> None:
    """A line in each, by those who write them in earnest, or else by hand."""
    await register_people()
    code = await request_at_gate()
    ruling = Ruling(
        verdict=Verdict.REJECT,
        officer="amal",
        reason_code=RejectionReason.OTHER_SEE_NOTE,
        note="No",
    )
    await decide(code, ruling, now=NOW)
    await of_documents(code)
    async with transaction() as session:
        request = await find_request(session, code)
        person = request.practitioner_id
        reminder = Reminder(
            id=reminder_id(person, Topic.PROFILE, DAY, -365),
            practitioner_id=person,
            topic=Topic.PROFILE,
            anchor=DAY,
            threshold=-365,
            examined_on=DAY,
            run="test",
            created_at=NOW,
            next_attempt_at=NOW,
        )
        card = Card(
            practitioner_id=person,
            status=CardStatus.ACTIVE,
            category=Category.NURSING,
            valid_from=DAY,
            expires_on=DAY,
        )
        session.add_all([reminder, card])
        await session.flush()
        session.add_all(
            [
                ProfileVersion(
                    practitioner_id=person,
                    version=2,
                    request_id=request.id,
                    changed_by="applicant",
                    changed_at=NOW,
                    changes={},
                ),
                ProfileConfirmation(
                    practitioner_id=person, version=1, confirmed_at=NOW, reminder_id=reminder.id
                ),
                CardPeriod(
                    card_id=card.id,
                    valid_from=DAY,
                    expires_on=DAY,
                    made_by=PeriodMaker.LOADED,
                    recorded_at=NOW,
                ),
            ]
        )


async def of_documents(code: str) -> None:
    """A line in each table of history that speaks of documents."""
    upload = await upload_row()
    async with transaction() as session:
        request = await find_request(session, code)
        session.add_all(
            [
                DocumentReading(
                    request_id=request.id,
                    round=1,
                    upload_id=upload.id,
                    officer="amal",
                    read_at=NOW,
                    readable=True,
                ),
                DestructionCertificate.of(upload, EndRule.UNUSED, None, None, NOW),
                AccessLine(
                    at=NOW,
                    viewer_kind=Viewer.OFFICER,
                    viewer="amal",
                    what=Looked.DOCUMENT_PAGE,
                    practitioner_id=upload.owner_id,
                    upload_id=upload.id,
                    page=1,
                ),
            ]
        )


async def run(statement: str) -> int:
    """Run the statement; returns how many rows it changed."""
    async with transaction() as session:
        return (await execute(session, text(statement))).rowcount


@pytest.mark.parametrize(("table", "column"), COLUMNS)
async def test_no_column_of_a_line_can_be_changed(table: str, column: str, written: None) -> None:
    """Each column by itself."""
    with pytest.raises(IntegrityError, match="RestrictViolation"):
        await run(f"UPDATE {table} SET {column} = NULL")  # noqa: S608 - our own names


@pytest.mark.parametrize("table", HISTORY)
@pytest.mark.parametrize("statement", ["DELETE FROM {}", "TRUNCATE {} CASCADE"])
async def test_no_line_can_be_taken_away(table: str, statement: str, written: None) -> None:
    """Neither one by one nor all at once."""
    with pytest.raises(IntegrityError, match="RestrictViolation"):
        await run(statement.format(table))

    assert await run(f"SELECT 1 FROM {table}") >= 1  # noqa: S608 - our own names


async def test_an_event_is_announced_once(written: None) -> None:
    """When Prefect was told is written later, and then stays as well."""
    with pytest.raises(IntegrityError, match="RestrictViolation"):
        await announce_twice()


async def announce_twice() -> None:
    """The first time is taken; with the second one both are undone."""
    async with transaction() as session:
        first = text("UPDATE request_events SET announced_at = now()")
        assert (await execute(session, first)).rowcount >= 2
        await execute(
            session, text("UPDATE request_events SET announced_at = now() + interval '1 day'")
        )
