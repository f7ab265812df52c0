"""What a running stack tells other programs: where everything is."""

import json
import os
import subprocess
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Self

from rules.errors import Unavailable

#: The demo's home, within the home of `mumaris up`.
DEMO = "demo"
_FILE = "running.json"


class RunningFileUnreadable(Unavailable):
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
    #: The page that shows the letters; whoever knows its address may read them.
    mail_url: str
    smtp_host: str
    smtp_port: int
    #: The process that started it all, and stops it.
    pid: int
    #: When that process began (`process_start`): a number of a process is given again to another.
    started: str = ""
    #: The file with the user name and password that Prefect asks for; None where it asks for none.
    prefect_sign_in: str | None = None
    #: The variables by which a program finds the documents; no secrets.
    documents: Mapping[str, str] = field(default_factory=dict)

    def environment(self) -> dict[str, str]:
        """The variables by which a program finds this stack."""
        return {
            "DATABASE_URL": self.database_url,
            "PREFECT_API_URL": self.prefect_api_url,
            "PREFECT_API_TLS_INSECURE_SKIP_VERIFY": "true",
            "MUMARIS_SMTP_HOST": self.smtp_host,
            "MUMARIS_SMTP_PORT": str(self.smtp_port),
            # Ours is the catcher, so links may lead here.
            "MUMARIS_MAIL_CAUGHT": "true",
            "MUMARIS_PORTAL_URL": self.portal_url,
            **self.documents,
            **self._signed_in(),
        }

    def _signed_in(self) -> dict[str, str]:
        if self.prefect_sign_in is None:
            return {}
        return {"PREFECT_API_AUTH_STRING": Path(self.prefect_sign_in).read_text().strip()}

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

        A file whose process is gone, or whose number another process has by now, means that none
        does. Raises `RunningFileUnreadable`.
        """
        path = (home or default_home()) / _FILE
        try:
            found = cls(**json.loads(path.read_text()))
        except FileNotFoundError:
            return None
        except (ValueError, TypeError):
            raise RunningFileUnreadable(path) from None
        began = process_start(found.pid)
        return found if began is not None and found.started in {"", began} else None

    @staticmethod
    def remove(home: Path) -> None:
        """Say that it no longer runs; repeated, nothing changes."""
        (home / _FILE).unlink(missing_ok=True)


def running_stacks() -> dict[Path, RunningStack]:
    """What runs here, by its home: the stack of `mumaris up` before the demo's.

    Raises `RunningFileUnreadable`.
    """
    homes = (default_home(), default_home() / DEMO)
    found = {home: RunningStack.read(home) for home in homes}
    return {home: stack for home, stack in found.items() if stack is not None}


def use_running_stack() -> bool:
    """Let this process find the stack that runs here; False where none does.

    Where both run, it is that of `mumaris up`, not the demo's. Where the environment names a
    database already, that one stays: this changes nothing then.
    """
    if os.environ.get("DATABASE_URL"):
        return True
    for stack in running_stacks().values():
        os.environ.update(stack.environment())
        return True
    return False


def process_start(pid: int) -> str | None:
    """When this process began, as the system counts; None where it is gone, or only its corpse.

    The same number at another time is another process, and after a boot every process is.
    """
    if not Path("/proc/self/stat").exists():
        return _process_start_by_ps(pid)
    try:
        state, *rest = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None
    if state in "ZX":
        return None
    boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    return f"{boot} {rest[_START_AFTER_STATE]}"


#: In the file's terms field 22, `starttime`; `state` is field 3 (proc_pid_stat(5)).
_START_AFTER_STATE = 18


def _process_start_by_ps(pid: int) -> str | None:
    answer = subprocess.run(  # noqa: S603 - macOS has no /proc
        ["/bin/ps", "-o", "stat=,lstart=", "-p", str(pid)],
        capture_output=True,
        text=True,
        check=False,
    )
    state, _, began = answer.stdout.strip().partition(" ")
    return None if not began or state.startswith("Z") else began.strip()
