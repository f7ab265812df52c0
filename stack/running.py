"""What a running stack tells other programs: where everything is."""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self

from rules.errors import MumarisError

_FILE = "running.json"


class RunningFileUnreadable(MumarisError):
    """`running.json` is not what this version writes."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"{path} cannot be read; stop the stack that wrote it, then remove it")
        self.path = path


def default_home() -> Path:
    """Where a stack keeps its data: MUMARIS_HOME, or `.mumaris` in the current folder."""
    return Path(os.environ.get("MUMARIS_HOME") or ".mumaris").absolute()


@dataclass(frozen=True)
class RunningStack:
    """A stack that runs now."""

    #: The database, for SQLAlchemy on psycopg.
    database_url: str
    prefect_api_url: str
    prefect_ui_url: str
    portal_url: str
    #: The page that shows the letters.
    mail_url: str
    smtp_host: str
    smtp_port: int
    #: The process that started it all, and stops it.
    pid: int

    def environment(self) -> dict[str, str]:
        """The variables by which a program finds this stack."""
        return {
            "DATABASE_URL": self.database_url,
            "PREFECT_API_URL": self.prefect_api_url,
            "PREFECT_API_TLS_INSECURE_SKIP_VERIFY": "true",
            "MUMARIS_SMTP_HOST": self.smtp_host,
            "MUMARIS_SMTP_PORT": str(self.smtp_port),
            "MUMARIS_PORTAL_URL": self.portal_url,
        }

    def write(self, home: Path) -> None:
        """Say it in `running.json`, readable by its owner alone; replaces what stood there."""
        home.mkdir(parents=True, exist_ok=True)
        scratch = home / f"{_FILE}.{os.getpid()}"
        with os.fdopen(os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            json.dump(asdict(self), file, indent=2)
        scratch.replace(home / _FILE)

    @classmethod
    def read(cls, home: Path | None = None) -> Self | None:
        """The stack that runs in this home (the default one if none is named); None if none does.

        A file whose process is gone means that none does. Raises `RunningFileUnreadable`.
        """
        path = (home or default_home()) / _FILE
        try:
            found = cls(**json.loads(path.read_text()))
        except FileNotFoundError:
            return None
        except (ValueError, TypeError):
            raise RunningFileUnreadable(path) from None
        return found if _is_alive(found.pid) else None

    @staticmethod
    def remove(home: Path) -> None:
        """Say that it no longer runs; repeated, nothing changes."""
        (home / _FILE).unlink(missing_ok=True)


def use_running_stack() -> bool:
    """Let this process find the stack that runs in the default home; False where none does.

    Where the environment names a database already, that one stays: this changes nothing then.
    """
    if os.environ.get("DATABASE_URL"):
        return True
    found = RunningStack.read()
    if found is not None:
        os.environ.update(found.environment())
    return found is not None


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # it is there, and somebody else's
        return True
    return True
