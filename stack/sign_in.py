"""What a local Prefect asks for: a user name and password, made once for each home.

Kept in one file that its owner alone can read, and handed to processes by their environment: never
in a command line, a log or `running.json`.
"""

import os
import secrets
from pathlib import Path

_FILE = "prefect-sign-in"
_USER = "mumaris"


def sign_in_file(home: Path) -> Path:
    """Where it stands, for whoever opens the Prefect UI."""
    return home / _FILE


def sign_in(home: Path) -> str:
    """``user:password`` for the Prefect of this home; the same each time, made at the first."""
    path = sign_in_file(home)
    if not path.exists():
        home.mkdir(parents=True, exist_ok=True)
        scratch = path.with_name(f"{_FILE}.{os.getpid()}")
        with os.fdopen(os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(f"{_USER}:{secrets.token_urlsafe(24)}\n")
        scratch.replace(path)
    return path.read_text().strip()
