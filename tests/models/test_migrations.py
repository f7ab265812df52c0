"""The migrations: what they make is what the models say, and rows come through them."""

from collections.abc import Iterator
from datetime import date

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.command import downgrade, stamp, upgrade
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import create_engine
from sqlmodel import SQLModel

from models.connections import open_to_migrate
from models.migrate import SCRIPTS
from models.settings import DatabaseSettings
from models.tables import ALL
from stack.postgres import EmbeddedPostgres
from support.stack import drop_database

PERSON = """
INSERT INTO practitioners (id, registration_number, first_name_ar, father_name_ar,
    grandfather_name_ar, family_name_ar, first_name_en, father_name_en, grandfather_name_en,
    family_name_en, identity_number, identity_kind, nationality, birth_date, mobile, email,
    address, employer, specialty, rank, preferred_language, version)
VALUES ('00000000-0000-0000-0000-000000000001', '12345678', '', '', '', '', '', '', '', '', '', '',
    '', '1990-01-01', '', '', '', '', '', '', 'ar', 1)
"""
CARD = """
INSERT INTO cards (id, practitioner_id, status, category, valid_from, expires_on)
VALUES ('00000000-0000-0000-0000-000000000002', '00000000-0000-0000-0000-000000000001', 'active',
    'nursing', '2025-01-01', '2026-12-31')
"""
REMINDER = """
INSERT INTO reminders (id, card_id, expires_on, threshold, status, examined_on, run, created_at,
    next_attempt_at, attempts)
VALUES ('00000000-0000-0000-0000-000000000003', '00000000-0000-0000-0000-000000000002',
    '2026-12-31', 30, 'sent', '2026-12-01', 'test', now(), now(), 1)
"""
TOKEN = """
INSERT INTO unsubscribe_tokens (token_hash, reminder_id, expires_at)
VALUES ('hash', '00000000-0000-0000-0000-000000000003', now())
"""


@pytest.fixture
def empty(postgres: EmbeddedPostgres, monkeypatch: pytest.MonkeyPatch) -> Iterator[Config]:
    """A database without tables, and what alembic needs to fill it."""
    postgres.create_database("migrations")
    monkeypatch.setenv("DATABASE_URL", postgres.url("migrations"))
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    yield config
    drop_database(postgres, "migrations")


def test_the_migrations_make_what_the_models_say(empty: Config) -> None:
    """No table, column, index or constraint more or less."""
    assert ALL
    upgrade(empty, "head")
    engine = create_engine("postgresql+psycopg://", creator=open_to_migrate)

    with engine.connect() as connection:
        context = MigrationContext.configure(connection)
        differences = compare_metadata(context, SQLModel.metadata)
    engine.dispose()

    assert differences == []


def test_reminders_of_cards_come_through_to_people_and_back(empty: Config) -> None:
    """What was sent is known by the new key as well, so it is not sent again."""
    upgrade(empty, "0003")
    with psycopg.connect(DatabaseSettings().libpq_url()) as before:
        for statement in (PERSON, CARD, REMINDER, TOKEN):
            before.execute(statement)

    upgrade(empty, "head")
    with psycopg.connect(DatabaseSettings().libpq_url()) as after:
        (row,) = after.execute(
            "SELECT registration_number, about, anchor, threshold, purpose FROM reminders "
            "JOIN practitioners ON practitioners.id = practitioner_id "
            "JOIN reminder_tokens ON reminder_id = reminders.id"
        )
    downgrade(empty, "0003")
    with psycopg.connect(DatabaseSettings().libpq_url()) as back:
        (again,) = back.execute(
            "SELECT expires_on, threshold FROM reminders JOIN cards "
            "USING (expires_on) WHERE cards.id = card_id"
        )

    assert row == ("12345678", "card", date(2026, 12, 31), 30, "unsubscribe")
    assert again == (date(2026, 12, 31), 30)


def test_identity_numbers_that_are_shared_come_through_marked(empty: Config) -> None:
    """Others are unique from then on; a step that was interrupted is done again."""
    upgrade(empty, "0007")
    other = PERSON.replace("000000000001", "000000000009").replace("12345678", "87654321")
    alone = PERSON.replace("000000000001", "000000000008").replace("12345678", "1")
    number = "UPDATE practitioners SET identity_number = '1000000008' WHERE registration_number = "
    with psycopg.connect(DatabaseSettings().libpq_url()) as before:
        for statement in (PERSON, other, alone, f"{number}'1'"):
            before.execute(statement)

    upgrade(empty, "0008")
    stamp(empty, "0007")
    upgrade(empty, "head")

    with psycopg.connect(DatabaseSettings().libpq_url()) as after:
        rows = after.execute(
            "SELECT registration_number, identity_number_shared FROM practitioners ORDER BY 1"
        ).fetchall()
        with pytest.raises(psycopg.errors.UniqueViolation):
            after.execute(f"{number}'87654321'")
    assert rows == [("1", False), ("12345678", True), ("87654321", True)]
