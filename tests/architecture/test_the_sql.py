"""Statements live with the rows that they read and write."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ABOVE_MODELS = (
    "cli",
    "desk",
    "documents",
    "identity",
    "flows",
    "mail",
    "portal",
    "rules",
    "stack",
    "tasks",
    "worker",
)
#: What is no statement: a transaction that is passed on, a row of any table, addresses and errors.
HARMLESS = frozenset({"AsyncSession", "SQLModel", "make_url"})
FILES = sorted(
    str(file.relative_to(ROOT)) for folder in ABOVE_MODELS for file in (ROOT / folder).rglob("*.py")
)


def builds_statements(source: str) -> bool:
    """Whether a module imports what statements are made of, or what runs them."""
    return any(_builds(node) for node in ast.walk(ast.parse(source)))


def _builds(node: ast.AST) -> bool:
    if isinstance(node, ast.Import):
        return any(_is_sql(name.name) for name in node.names)
    if isinstance(node, ast.ImportFrom):
        harmful = {name.name for name in node.names} - HARMLESS
        return node.module == "models.statements" or (_is_sql(node.module or "") and bool(harmful))
    return isinstance(node, ast.Attribute) and node.attr in {"exec", "scalars", "scalar"}


def _is_sql(module: str) -> bool:
    return (
        module.split(".", maxsplit=1)[0] in {"sqlalchemy", "sqlmodel"}
        and module != "sqlalchemy.exc"
    )


@pytest.mark.parametrize("file", FILES)
def test_only_models_build_statements(file: str) -> None:
    """Above them stand named queries, which say what they promise."""
    found = builds_statements((ROOT / file).read_text(encoding="utf-8"))

    assert not found


def opens_a_transaction(source: str) -> bool:
    """Whether a module imports what begins one."""
    return any(
        isinstance(node, ast.ImportFrom)
        and node.module == "models.database"
        and not {"transaction", "snapshot", "looking"}.isdisjoint(name.name for name in node.names)
        for node in ast.walk(ast.parse(source))
    )


@pytest.mark.parametrize("file", [file for file in FILES if file.startswith(("cli/", "portal/"))])
def test_whoever_shows_opens_no_transaction(file: str) -> None:
    """What commands and pages show is read by one function of the desk, in one transaction."""
    assert not opens_a_transaction((ROOT / file).read_text(encoding="utf-8"))


def test_a_transaction_is_known_by_its_import() -> None:
    """The test above can fail; closing the engine is none."""
    assert opens_a_transaction("from models.database import close_engine, snapshot")
    assert not opens_a_transaction("from models.database import close_engine")


@pytest.mark.parametrize(
    ("source", "builds"),
    [
        ("from sqlmodel import col, select", True),
        ("from sqlalchemy.dialects.postgresql import insert", True),
        ("import sqlalchemy as sa", True),
        ("from models.statements import execute", True),
        ("async def look(session): return await session.exec(query)", True),
        ("from sqlmodel.ext.asyncio.session import AsyncSession", False),
        ("from sqlalchemy.exc import IntegrityError", False),
        ("from models.requests import find_request", False),
    ],
)
def test_a_statement_is_known_by_its_import(source: str, *, builds: bool) -> None:
    """The test above can fail."""
    assert builds_statements(source) is builds
