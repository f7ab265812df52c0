"""History is removed with a certificate, by who may, and in no other way."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError, ProgrammingError

from desk.policy import current_policy
from models.database import transaction
from models.retention.certificates import begin, close, first_broken
from models.statements import execute
from rules.keeping import Subject, keeping
from support.keeping import all_certificates, count, look_at, rows
from support.people import NOURA, register_people
from support.requests import NOW, rejected, request_at_gate

LOOKS = next(one for one in keeping(current_policy()) if one.subject is Subject.ACCESS_LOG)
BEGIN = "SELECT begin_retention('access_log', now(), now(), 'by hand')"
BY_HAND = (
    "INSERT INTO retention_certificates (subject, at, older_than, policy, counts, made_in)"
    " VALUES ('access_log', now(), now(), 'by hand', '{}', retention_transaction())"
)
DELETE = "DELETE FROM access_log"
CLOSE = "UPDATE retention_certificates SET hash = 'x', before = ''"
REFUSED = "RestrictViolation"


@pytest.fixture(autouse=True)
async def looks(database: str) -> None:
    """Two lines of the access log, and a decision."""
    await register_people()
    await rejected(await request_at_gate(), NOW)
    for _ in range(2):
        await look_at(NOURA["registration_number"], NOW)


async def run(*statements: str) -> None:
    """Run these in one transaction."""
    async with transaction() as session:
        for statement in statements:
            await execute(session, text(statement))


async def removed(number: int) -> None:
    """One transaction that removes looks, as the run does it."""
    async with transaction() as session:
        certificate = await begin(session, LOOKS, now=NOW)
        await execute(session, text(DELETE))
        await close(session, certificate, {"access_log": number})


async def test_history_goes_with_its_certificate() -> None:
    """Which says when, by which line of policy, and how many."""
    await removed(2)

    (certificate,) = await all_certificates()
    assert await count("access_log") == 0
    assert certificate.at == NOW
    assert certificate.older_than == NOW - timedelta(days=LOOKS.days)
    assert certificate.policy == f"[retention] access_log_days = {LOOKS.days}"
    assert certificate.counts == {"access_log": 2}
    assert len(certificate.hash or "") == 64


@pytest.mark.parametrize(
    "statements",
    [
        (DELETE,),
        ("SET LOCAL mumaris.retention = 'on'", DELETE),
        # Made by hand, and not by the function.
        (BY_HAND, DELETE, CLOSE),
        # Its certificate is about something else.
        (BEGIN, "DELETE FROM decisions"),
        (BEGIN, "UPDATE decisions SET note = NULL"),
        (BEGIN, "TRUNCATE access_log"),
        # Nothing says what was removed.
        (BEGIN, DELETE),
        # It was filled in before.
        (BEGIN, CLOSE, DELETE),
    ],
)
async def test_there_is_no_other_way(statements: tuple[str, ...]) -> None:
    """Whoever owns the tables is refused as well, and everything stays as it was."""
    with pytest.raises(IntegrityError, match=REFUSED):
        await run(*statements)

    assert (await count("access_log"), await count("decisions")) == (2, 1)
    assert await all_certificates() == []


async def test_a_certificate_is_of_no_use_to_another_transaction() -> None:
    """Neither while it is open, nor once it is kept, nor one that was left open by force."""
    async with transaction() as session:
        await begin(session, LOOKS, now=NOW)
        with pytest.raises(IntegrityError, match=REFUSED):
            await run(DELETE)
        await session.rollback()
    await removed(2)
    await look_at(NOURA["registration_number"], NOW)

    with pytest.raises(IntegrityError, match=REFUSED):
        await run(DELETE)
    await run("SET LOCAL session_replication_role = replica", BY_HAND)
    with pytest.raises(IntegrityError, match=REFUSED):
        await run(DELETE)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE retention_certificates SET counts = '{}'",
        "UPDATE retention_certificates SET hash = NULL, before = NULL",
        "UPDATE retention_certificates SET at = now()",
        "DELETE FROM retention_certificates",
        "TRUNCATE retention_certificates",
    ],
)
async def test_a_certificate_stays(statement: str) -> None:
    """Nobody changes it or takes it away."""
    await removed(2)

    with pytest.raises(IntegrityError, match=REFUSED):
        await run(statement)

    assert [one.counts for one in await all_certificates()] == [{"access_log": 2}]


@pytest.fixture
async def stranger() -> AsyncIterator[str]:
    """A role that may read and write every table, and owns none."""
    name = "a_stranger"
    await run(f"CREATE ROLE {name}", f"GRANT ALL ON ALL TABLES IN SCHEMA public TO {name}")
    await run(f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {name}")
    yield name
    await run(f"DROP OWNED BY {name}", f"DROP ROLE {name}")


@pytest.mark.parametrize("statement", [BEGIN, BY_HAND, DELETE])
async def test_who_may_write_every_table_removes_no_history(stranger: str, statement: str) -> None:
    """Only who owns the function, or was given it, begins."""
    with pytest.raises((IntegrityError, ProgrammingError), match=f"{REFUSED}|InsufficientPriv"):
        await run(f"SET LOCAL ROLE {stranger}", statement, DELETE, CLOSE)

    assert await count("access_log") == 2


async def test_a_function_of_the_same_name_opens_nothing(stranger: str) -> None:
    """Nor does a table of that name in a schema of one's own."""
    own = (
        "CREATE FUNCTION public.begin_retention() RETURNS void LANGUAGE plpgsql AS "
        f"$$ BEGIN {BY_HAND}; END $$"
    )
    call = "SELECT public.begin_retention()"
    await run(f"GRANT CREATE ON SCHEMA public TO {stranger}")
    with pytest.raises(DBAPIError, match=REFUSED):
        await run(f"SET LOCAL ROLE {stranger}", own, call, DELETE, CLOSE)
    table = (
        "CREATE TEMP TABLE retention_certificates ON COMMIT DROP AS SELECT NULL AS hash, "
        "'access_log' AS subject, retention_transaction() AS made_in"
    )
    with pytest.raises(DBAPIError, match=REFUSED):
        await run(table, "SET LOCAL search_path = pg_temp, public", DELETE)

    assert await count("access_log") == 2


async def test_who_was_given_the_function_leaves_a_certificate(stranger: str) -> None:
    """So a role of its own can be all that removes."""
    given = f"GRANT EXECUTE ON FUNCTION begin_retention TO {stranger}"
    await run(given, f"SET LOCAL ROLE {stranger}", BEGIN, DELETE, CLOSE)

    assert await count("access_log") == 0
    assert len(await all_certificates()) == 1


async def test_certificates_follow_each_other() -> None:
    """Each names the hash of the one before."""
    await removed(2)
    await removed(0)

    first, second = await all_certificates()
    async with transaction() as session:
        assert await first_broken(session) is None
    assert (first.before, second.before) == ("", first.hash)


@pytest.mark.parametrize(
    ("statement", "broken"),
    [
        ("UPDATE retention_certificates SET counts = '{\"access_log\"\\: 9}' WHERE id = 2", 2),
        ("UPDATE retention_certificates SET older_than = now() WHERE id = 1", 1),
        ("UPDATE retention_certificates SET policy = 'none' WHERE id = 3", 3),
        ("DELETE FROM retention_certificates WHERE id = 2", 3),
    ],
)
async def test_one_that_was_changed_past_the_triggers_shows(statement: str, broken: int) -> None:
    """As whoever owns the whole server can."""
    for _ in range(3):
        await removed(0)
    first = (await rows("SELECT min(id) FROM retention_certificates"))[0][0] - 1
    await run("SET LOCAL session_replication_role = replica", statement)

    async with transaction() as session:
        assert await first_broken(session) == first + broken
