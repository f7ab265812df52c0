"""What a program of the version before cannot live with in a migration, by its SQL."""

import re
from collections.abc import Collection

#: By what a statement looks like: what it does to those who still run. ``table`` is what it is done
#: to; one that the same migration made is nobody's yet.
_HARMS = (
    (r"DROP TABLE (?:IF EXISTS )?(?P<table>\w+)", "drops a table"),
    (r"ALTER TABLE (?P<table>\w+) .*\bDROP COLUMN\b", "drops a column"),
    (r"ALTER TABLE (?P<table>\w+) .*\bRENAME\b", "renames"),
    (r"ALTER TABLE (?P<table>\w+) .*\bSET NOT NULL\b", "makes a column NOT NULL"),
    (r"ALTER TABLE (?P<table>\w+) .*\bDROP DEFAULT\b", "takes a default away"),
    (r"ALTER TABLE (?P<table>\w+) ALTER COLUMN \w+ (?:SET DATA )?TYPE\b", "changes a type"),
    (
        r"ALTER TABLE (?P<table>\w+) ADD COLUMN (?!.*\bDEFAULT\b).*\bNOT NULL\b",
        "adds a column that old code cannot fill",
    ),
    (
        r"ALTER TABLE (?P<table>\w+) ADD CONSTRAINT (?!.*\bNOT VALID\b).*\b(?:CHECK|FOREIGN KEY)\b",
        "looks at every row with a lock: NOT VALID first, then VALIDATE",
    ),
    (
        r"ALTER TABLE (?P<table>\w+) ADD (?!COLUMN)(?!.*USING INDEX\b).*\b(?:UNIQUE|PRIMARY KEY)\b",
        "makes an index with a lock: CONCURRENTLY first, then USING INDEX",
    ),
    (
        r"CREATE (?:UNIQUE )?INDEX (?!CONCURRENTLY).*\bON (?P<table>\w+)",
        "makes an index with a lock: CONCURRENTLY",
    ),
)


def harm_in(statement: str, *, tables: Collection[str]) -> str | None:
    """What it would do to a program that runs on these tables, and to whoever waits; or None."""
    said = re.sub(r"\s+", " ", statement.replace('"', "")).strip()
    for pattern, harm in _HARMS:
        found = re.match(pattern, said, re.IGNORECASE)
        if found and found["table"] in tables:
            return f"{harm}: {said[:100]}"
    return None


def contracts_since(source: str) -> str | None:
    """The released version since which nothing needs what a migration takes away, as it says."""
    found = re.search(r"^# contracts: since (\d+\.\d+\.\d+) \S", source, re.MULTILINE)
    return found[1] if found else None
