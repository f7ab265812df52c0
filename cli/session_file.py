"""The session of whoever is signed in to the command, in a file for its owner alone."""

import os
from pathlib import Path
from tempfile import NamedTemporaryFile

from pydantic import BaseModel, ConfigDict, ValidationError

from rules.errors import Misconfigured, NotAllowed
from rules.values.file_modes import others_may_use


class NobodySignedIn(NotAllowed):
    """Nobody is signed in to the command here, or no longer: run `mumaris login`."""


class SessionFileReadable(Misconfigured):
    """Others on this machine may read the file of a session."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"others may read {path}, which opens a session: chmod 600 it")
        self.path = path


class KeptSession(BaseModel):
    """What a browser would keep in its cookies."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    #: The token of the session; empty after signing out.
    session: str = ""
    #: The token by which this place is known as one that has signed in before.
    device: str = ""


def session_file() -> Path:
    """Where it is: MUMARIS_SESSION_FILE, else with the state of the programs of this login."""
    named = os.environ.get("MUMARIS_SESSION_FILE")
    if named:
        return Path(named)
    state = os.environ.get("XDG_STATE_HOME")
    return (Path(state) if state else Path.home() / ".local" / "state") / "mumaris" / "session"


def read_session(path: Path) -> KeptSession:
    """What is kept there; nothing where nobody signed in, or the file holds something else.

    Raises `SessionFileReadable`.
    """
    try:
        with path.open(encoding="utf-8", errors="replace") as file:
            if others_may_use(os.fstat(file.fileno()).st_mode):
                raise SessionFileReadable(path)
            return KeptSession.model_validate_json(file.read())
    except (FileNotFoundError, NotADirectoryError, ValidationError):
        return KeptSession()


def keep_session(kept: KeptSession, path: Path) -> None:
    """Keep this in the place of what was there, whole or not at all."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    # Made with mode 600, and in the same folder, so that it takes the other's place at once.
    with NamedTemporaryFile("w", dir=path.parent, delete=False, encoding="utf-8") as file:
        file.write(kept.model_dump_json())
    Path(file.name).replace(path)
