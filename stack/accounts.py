"""Which user a server runs as, and what that user can reach."""

import os
import pwd
import stat
from dataclasses import dataclass
from pathlib import Path

from rules.errors import Misconfigured


class NoUnprivilegedAccount(Misconfigured):
    """We run as root, PostgreSQL refuses to, and there is neither `postgres` nor `nobody`."""


@dataclass(frozen=True)
class SystemAccount:
    """A user of this machine."""

    uid: int
    gid: int


def current_account() -> SystemAccount:
    """The user we run as."""
    return SystemAccount(os.geteuid(), os.getegid())


def unprivileged_account() -> SystemAccount:
    """Ourselves, or, where we are root, `postgres` or else `nobody`.

    Raises `NoUnprivilegedAccount` where there is none.
    """
    if os.geteuid() != 0:
        return current_account()
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return SystemAccount(entry.pw_uid, entry.pw_gid)
    raise NoUnprivilegedAccount


def owner(path: Path) -> SystemAccount:
    """Who owns this path."""
    found = path.stat()
    return SystemAccount(found.st_uid, found.st_gid)


def can_enter(account: SystemAccount, folder: Path) -> bool:
    """Whether this user may pass through this folder and every one above it.

    Folders that do not exist yet are taken as enterable: whoever makes them decides. Reads the mode
    bits only; access lists are not looked at.
    """
    existing = (each for each in (folder, *folder.parents) if each.exists())
    return all(_may_pass(account, each.stat()) for each in existing)


def _may_pass(account: SystemAccount, found: os.stat_result) -> bool:
    if account.uid == 0:
        return True
    if found.st_uid == account.uid:
        return bool(found.st_mode & stat.S_IXUSR)
    if found.st_gid == account.gid:
        return bool(found.st_mode & stat.S_IXGRP)
    return bool(found.st_mode & stat.S_IXOTH)
