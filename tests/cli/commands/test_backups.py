"""`mumaris backup` and `mumaris restore`, with PostgreSQL's own programs and real databases."""

import json
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from desk.documents.shelf import store
from desk.requests.waiting import load_request
from models.accounts.sessions import find_session
from models.database import close_engine, transaction
from models.requests import RequestUnknown
from stack import dumps
from stack.postgres import EmbeddedPostgres
from stack.postgres_binaries import PostgresBinaries
from support.people import contact_change, register_applicant, register_people
from support.requests import request_awaiting_activation
from support.shell import mumaris
from support.signed_in import session_of
from support.uploads import name_a_shelf

OBJECT = "0" * 32 + "/original"
CONTENT = b"sealed" * 1000


@pytest.fixture(autouse=True)
async def installation(database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Officers, and one object of a document."""
    name_a_shelf(tmp_path, monkeypatch)
    await register_people()
    await store().put(OBJECT, content())


async def content() -> AsyncIterator[bytes]:
    """Of that object."""
    yield CONTENT


@pytest.fixture
def another(postgres: EmbeddedPostgres) -> str:
    """The address of an empty database."""
    name = f"restored_{uuid4().hex[:8]}"
    postgres.create_database(name)
    return postgres.url(name)


@pytest.fixture
def elsewhere(
    another: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[pytest.MonkeyPatch]:
    """What leaves the first installation for an empty one."""
    with pytest.MonkeyPatch.context() as patch:
        yield patch


async def move_to(address: str, documents: Path, patch: pytest.MonkeyPatch) -> None:
    """From here on the environment names this installation."""
    await close_engine()
    patch.setenv("DATABASE_URL", address)
    patch.setenv("MUMARIS_DOCUMENTS", documents.as_uri())


async def a_request() -> str:
    """The code of a new applicant's request that has its reference number."""
    applicant = await register_applicant()
    number = applicant.registration_number
    code, _ = await request_awaiting_activation(
        contact_change(
            registration_number=number,
            idempotency_key=number,
            changes={"mobile": "0551112233"},
        )
    )
    return code


async def reference_of(code: str) -> str:
    """Its reference number."""
    return str((await load_request(code)).reference_number)


async def is_signed_in(token: str) -> bool:
    """Whether the session of this token is open."""
    async with transaction() as session:
        found = await find_session(session, token)
    return found is not None and found.ended_at is None


async def test_what_was_backed_up_is_restored(
    another: str, tmp_path: Path, elsewhere: pytest.MonkeyPatch
) -> None:
    """The lost time is not there; its numbers are never issued again, and nobody is signed in."""
    kept, token, folder = await a_request(), await session_of("amal"), tmp_path / "backup"
    made = await mumaris("backup", str(folder), "--json")
    lost = await a_request()
    lost_reference = await reference_of(lost)
    before = await reference_of(kept)
    await move_to(another, tmp_path / "new", elsewhere)

    restored = await mumaris("restore", str(folder), "--yes", "--json")

    assert (made.exit_code, restored.exit_code) == (0, 0), restored.output
    assert json.loads(restored.stdout)["differing"] == {}
    assert await reference_of(kept) == before
    with pytest.raises(RequestUnknown):
        await load_request(lost)
    assert b"".join([piece async for piece in store().read(OBJECT)]) == CONTENT
    assert not await is_signed_in(token)
    assert await reference_of(await a_request()) > lost_reference


async def test_a_backup_is_ours_alone_and_holds_no_key(tmp_path: Path) -> None:
    """Whoever has it and not the master keys reads no document."""
    folder = tmp_path / "backup"

    made = await mumaris("backup", str(folder))

    assert made.exit_code == 0, made.output
    assert folder.stat().st_mode & 0o777 == 0o700
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert {path.stat().st_mode & 0o777 for path in files} == {0o600}
    assert sorted(path.name for path in folder.iterdir()) == [
        "backup.json",
        "documents",
        "mumaris.dump",
    ]
    assert "Prefect's database" in made.stdout
    assert "left out" in made.stdout


async def test_a_rehearsal_says_what_would_be_lost_and_changes_nothing(tmp_path: Path) -> None:
    """The backup is restored in a cluster that is thrown away."""
    await a_request()
    token, folder = await session_of("amal"), tmp_path / "backup"
    await mumaris("backup", str(folder))
    since = await a_request()

    told = await mumaris("restore", str(folder), "--rehearse", "--json")

    answer = json.loads(told.stdout)
    assert (told.exit_code, answer["differing"]) == (0, {}), told.output
    assert answer["lines_lost"] > 0
    assert answer["closed"]["sessions"] == 1
    assert await reference_of(since)
    assert await is_signed_in(token)


async def test_a_rehearsal_needs_no_database_in_use(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is gone: that is when one wants to know."""
    folder = tmp_path / "backup"
    await mumaris("backup", str(folder))
    await close_engine()
    monkeypatch.setenv("DATABASE_URL", f"postgresql://postgres@/none?host={tmp_path}")

    told = await mumaris("restore", str(folder), "--rehearse", "--json")

    assert told.exit_code == 0, told.output
    assert json.loads(told.stdout)["lines_lost"] is None


@pytest.mark.parametrize("fault", ["no manifest", "a changed dump", "a document gone", "newer"])
async def test_what_is_no_whole_backup_is_not_restored(
    fault: str, another: str, tmp_path: Path, elsewhere: pytest.MonkeyPatch
) -> None:
    """And the database stays empty: the right backup can follow."""
    folder = tmp_path / "backup"
    await mumaris("backup", str(folder))
    manifest = folder / "backup.json"
    spoilt = {
        "no manifest": manifest.unlink,
        "a changed dump": lambda: (folder / "mumaris.dump").write_bytes(b"PGDMP"),
        "a document gone": (folder / "documents" / OBJECT).unlink,
        "newer": lambda: manifest.write_text(
            json.dumps({**json.loads(manifest.read_text()), "schema": "9999"})
        ),
    }
    whole = manifest.read_text()
    spoilt[fault]()
    await move_to(another, tmp_path / "new", elsewhere)

    refused = await mumaris("restore", str(folder), "--yes")

    assert refused.exit_code == 1, refused.output
    if fault == "newer":
        manifest.write_text(whole)
        assert (await mumaris("restore", str(folder), "--yes")).exit_code == 0


async def test_a_database_with_tables_is_not_filled(tmp_path: Path) -> None:
    """Nor is a folder with something in it written to."""
    folder = tmp_path / "backup"
    await mumaris("backup", str(folder))

    over = await mumaris("restore", str(folder), "--yes")
    again = await mumaris("backup", str(folder))

    assert (over.exit_code, again.exit_code) == (1, 1)
    assert "is not empty" in again.stderr


async def test_a_restore_asks_before_it_fills(
    another: str, tmp_path: Path, elsewhere: pytest.MonkeyPatch
) -> None:
    """Where nobody can answer, --yes is wanted."""
    folder = tmp_path / "backup"
    await mumaris("backup", str(folder))
    await move_to(another, tmp_path / "new", elsewhere)

    assert (await mumaris("restore", str(folder))).exit_code == 2


async def test_a_backup_that_fails_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What PostgreSQL's program says is told, and its password stands in no command."""
    program = tmp_path / "pg_dump"
    program.write_text('#!/bin/sh\necho "$@" "$PGPASSWORD" >&2\nexit 1\n')
    program.chmod(0o755)
    monkeypatch.setattr(dumps, "find_binaries", lambda _: PostgresBinaries(tmp_path, 18))

    with pytest.raises(dumps.DumpFailed) as failed:
        await dumps.dump("postgresql://us:secret@db.example/mumaris", tmp_path / "a.dump")

    arguments, password = failed.value.said.rsplit(maxsplit=1)
    assert password == "secret"
    assert "secret" not in arguments
    assert (await mumaris("backup", str(tmp_path / "backup"))).exit_code == 4
    assert not (tmp_path / "backup" / "backup.json").exists()
