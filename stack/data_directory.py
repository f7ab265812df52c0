"""The folders of a PostgreSQL server: its data, its socket, and the lock that keeps them ours."""

import fcntl
import hashlib
import os
import shutil
import stat
import tempfile
import time
from pathlib import Path

from rules.errors import Conflict, Misconfigured
from stack.accounts import SystemAccount, can_enter

#: Where data go that root asked for in a folder the server's user cannot enter, such as /root.
_SHARED_DATA = Path("/var/lib/mumaris")
#: A socket's whole path must stay below 104 bytes on macOS and 108 on Linux.
_LONGEST_SOCKET_FOLDER = 85


class DataDirectoryInUse(Conflict):
    """Another process runs a server on this data directory."""

    def __init__(self, data_dir: Path) -> None:
        super().__init__(f"another process runs the database in {data_dir}; stop it first")
        self.data_dir = data_dir


class NotADataDirectory(Conflict):
    """The folder holds files, but not a PostgreSQL cluster; nothing in it was touched."""

    def __init__(self, data_dir: Path) -> None:
        super().__init__(f"{data_dir} holds files that are not a PostgreSQL cluster")
        self.data_dir = data_dir


class UnsafeSocketFolder(Misconfigured):
    """Somebody else has made the folder that the socket should be in."""

    def __init__(self, folder: Path) -> None:
        super().__init__(f"{folder} belongs to somebody else; remove it or set TMPDIR")
        self.folder = folder


class DirectoryLock:
    """Held for as long as a server may run on a data directory.

    The kernel drops it when its holder dies, so it is never stale.
    """

    def __init__(self, data_dir: Path) -> None:
        self._data_dir = data_dir
        self._file: int | None = None

    @property
    def is_held(self) -> bool:
        """Whether we hold it."""
        return self._file is not None

    def acquire(self, *, within: float) -> None:
        """Take it, waiting so many seconds; raises `DataDirectoryInUse`."""
        self._data_dir.parent.mkdir(parents=True, exist_ok=True)
        path = self._data_dir.with_name(self._data_dir.name + ".lock")
        file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        deadline = time.monotonic() + within
        while not _lock(file):
            if time.monotonic() > deadline:
                os.close(file)
                raise DataDirectoryInUse(self._data_dir)
            time.sleep(0.1)
        self._file = file

    def release(self) -> None:
        """Let it go; a lock that is not held stays as it is."""
        if self._file is not None:
            os.close(self._file)
            self._file = None


def _lock(file: int) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def reachable(data_dir: Path, account: SystemAccount) -> Path:
    """Where the data really are: here, if the account can come here, else under /var/lib/mumaris.

    In the second case a link is left here, so that one sees where they went and finds them again.
    """
    wanted = data_dir.absolute()
    if wanted.is_symlink():
        return wanted.resolve()
    if can_enter(account, wanted.parent):
        return wanted
    real = _SHARED_DATA / _short_name(wanted)
    _SHARED_DATA.mkdir(parents=True, exist_ok=True, mode=0o755)
    wanted.parent.mkdir(parents=True, exist_ok=True)
    wanted.symlink_to(real)
    return real


def cluster_version(data_dir: Path) -> int | None:
    """The major version of the cluster in this folder; None where there is none yet.

    Raises `NotADataDirectory` for a folder with anything else in it.
    """
    mark = data_dir / "PG_VERSION"
    if mark.is_file():
        return int(mark.read_text().strip())
    if data_dir.exists() and any(data_dir.iterdir()):
        raise NotADataDirectory(data_dir)
    return None


def empty_scratch(data_dir: Path, account: SystemAccount) -> Path:
    """A new folder beside the data directory, for a cluster that is renamed when it is whole."""
    scratch = data_dir.with_name(data_dir.name + ".new")
    shutil.rmtree(scratch, ignore_errors=True)
    data_dir.parent.mkdir(parents=True, exist_ok=True)
    scratch.mkdir(mode=0o700)
    os.chown(scratch, account.uid, account.gid)
    return scratch


def socket_folder(data_dir: Path, account: SystemAccount) -> Path:
    """A short path for the socket's folder, the same for the same data every time."""
    name = f"mumaris-{_short_name(data_dir)}"
    configured = Path(tempfile.gettempdir())
    fits = len(str(configured / name)) <= _LONGEST_SOCKET_FOLDER
    base = configured if fits and can_enter(account, configured) else Path("/tmp")  # noqa: S108 - see make_private
    return base / name


def make_private(folder: Path, account: SystemAccount) -> None:
    """Make a folder that only this account (and root) can enter; one that it owns is kept.

    Raises `UnsafeSocketFolder` where it exists and is not the account's: its name can be guessed.
    """
    try:
        folder.mkdir(mode=0o700)
    except FileExistsError:
        found = folder.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid not in {account.uid, os.geteuid()}:
            raise UnsafeSocketFolder(folder) from None
    os.chown(folder, account.uid, account.gid)
    folder.chmod(0o700)


def _short_name(path: Path) -> str:
    return hashlib.sha256(f"{os.geteuid()}:{path}".encode()).hexdigest()[:12]
