"""Where connections to a database are opened: in one place, which sets their limits."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = (
    "cli",
    "desk",
    "documents",
    "identity",
    "flows",
    "mail",
    "models",
    "portal",
    "rules",
    "stack",
    "tasks",
    "worker",
)
_OPENERS = frozenset({"create_engine", "create_async_engine", "Connection", "AsyncConnection"})
#: Files that open one, each with its reason.
ALLOWED = {
    "models/connections.py": "this is the place",
    "models/database.py": "the engine, whose connections models/connections.py opens",
    "stack/postgres.py": "administers its own server, on its own Unix socket",
}


def openers(file: Path) -> Iterator[str]:
    """The names of what is called in this file to open a connection."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        called = ast.unparse(node.func)
        if called.startswith("httpcore."):  # to receivers of webhooks, and to no database
            continue
        if called.split(".")[-1] in _OPENERS | {"ConnectionPool", "AsyncConnectionPool"}:
            yield called
        if called.endswith(".connect") and called.split(".")[-2] in {"psycopg", *_OPENERS}:
            yield called
        if called.startswith(("psycopg2.", "asyncpg.")):
            yield called


@pytest.mark.parametrize("folder", FOLDERS)
def test_connections_are_opened_in_one_place(folder: str) -> None:
    """Any other would have none of the limits of `models.connections`."""
    found = {
        str(file.relative_to(ROOT)): calls
        for file in (ROOT / folder).rglob("*.py")
        if (calls := list(openers(file)))
    }

    assert not set(found) - set(ALLOWED)


@pytest.mark.parametrize("file", ALLOWED)
def test_every_exception_is_still_needed(file: str) -> None:
    """A file that opens no connection any more needs none."""
    assert list(openers(ROOT / file))
