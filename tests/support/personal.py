"""Where personal data may have got to: every spelling of a value, and every place to search."""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path

import psycopg
from psycopg import sql

_ARABIC_DIGITS = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")


def mobile_spellings(national: str) -> set[str]:
    """A Saudi mobile number, from its nine digits, as people and programs write it."""
    grouped = f"{national[:2]} {national[2:5]} {national[5:]}"
    return {national, grouped, grouped.replace(" ", "-")}


def spellings(values: Iterable[str]) -> dict[str, str]:
    """Each value in every form in which a database or a log may hold it, to the value itself."""
    found: dict[str, str] = {}
    for value in values:
        forms = {value, value.translate(_ARABIC_DIGITS)}
        forms |= {json.dumps(form)[1:-1] for form in set(forms)}
        # A row as text doubles the backslashes of JSON.
        forms |= {form.replace("\\", "\\\\") for form in set(forms)}
        forms |= {form.encode().hex() for form in set(forms)}
        found |= {form.lower(): value for form in forms}
    return found


def found_in(texts: Iterable[tuple[str, str]], values: Iterable[str]) -> set[tuple[str, str]]:
    """Which values stand where, as (place, value)."""
    wanted = spellings(values)
    return {
        (place, value)
        for place, text in _lowered(texts)
        for form, value in wanted.items()
        if form in text
    }


def _lowered(texts: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Each text once in lower case, however many values are looked for in it."""
    return ((place, text.lower()) for place, text in texts)


def rows_of(database_url: str) -> Iterator[tuple[str, str]]:
    """Every row of every table of the database as text, with the table's name."""
    with psycopg.connect(database_url.replace("+asyncpg", "")) as session:
        tables = session.execute(
            "SELECT tablename FROM pg_catalog.pg_tables WHERE schemaname = 'public'"
        ).fetchall()
        for (table,) in tables:
            query = sql.SQL("SELECT row::text FROM {} AS row").format(sql.Identifier(table))
            for (row,) in session.execute(query):
                yield table, row


def lines_of(logs: Iterable[Path]) -> Iterator[tuple[str, str]]:
    """Every line of these files, with the file's name."""
    for log in logs:
        for line in log.read_text(errors="replace").splitlines():
            yield log.name, line
