"""The released program and this one share a database: each carries what the other began."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from models.schema import needed_revision
from rules.requests.statuses import Kind, Status
from stack.postgres import EmbeddedPostgres
from support import carrying
from support.carrying import begin, finish
from support.released import is_at_hand, released, unpack
from support.shell import mumaris
from support.stack import drop_database

STANDS = (Status.SUBMITTED, Status.UNDER_REVIEW, Status.APPROVED, Status.AWAITING_ACTIVATION)


@dataclass(frozen=True)
class OldProgram:
    """The released tree, and how it is run: with this interpreter, and its own code."""

    folder: Path

    def run(self, *arguments: str, given: str = "") -> str:
        """What it writes; fails where it does."""
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=self.folder,
            input=given,
            capture_output=True,
            text=True,
            check=False,
            env={
                **os.environ,
                "PYTHONPATH": os.pathsep.join([str(self.folder / "tests"), str(self.folder)]),
                "MUMARIS_POLICY": str(self.folder / "tests" / "support" / "policy.toml"),
            },
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def begin(self, *stands: Status) -> dict[str, str]:
        """As `support.carrying.begin`."""
        codes: dict[str, str] = json.loads(self.run("-m", "support.carrying", "begin", *stands))
        return codes

    def finish(self, codes: dict[str, str]) -> dict[str, dict[str, Any]]:
        """As `support.carrying.finish`."""
        told = self.run("-m", "support.carrying", "finish", given=json.dumps(codes))
        found: dict[str, dict[str, Any]] = json.loads(told)
        return found


@pytest.fixture(scope="module")
def old(tmp_path_factory: pytest.TempPathFactory) -> OldProgram:
    """The released program, where this clone has its history."""
    last = released()
    if not is_at_hand(last.commit):
        pytest.skip(f"{last.version} ({last.commit[:12]}) is not in this clone's history")
    folder = tmp_path_factory.mktemp("released")
    unpack(last.commit, folder)
    # 1.0.0 knows registrations, and its own file hands none in.
    shutil.copy(carrying.__file__, folder / "tests" / "support" / "carrying.py")
    return OldProgram(folder)


def ended(codes: dict[str, str]) -> dict[str, dict[str, Any]]:
    """All in force, and each under the version that it began under."""
    return {name: {"status": Status.ACTIVATED, "process_version": 1} for name in codes}


def test_the_old_program_runs_its_own_code(old: OldProgram) -> None:
    """Or this file would prove nothing."""
    script = "import models.schema as m; print(m.__file__, m.needed_revision())"

    file, schema = old.run("-c", script).split()

    assert Path(file).is_relative_to(old.folder)
    assert schema == released().schema


async def test_each_program_ends_what_the_other_began_on_the_new_schema(
    old: OldProgram, database: str
) -> None:
    """Requests of each kind, from wherever they stand; what the old one began it ends as well."""
    begun_before = old.begin(*STANDS)
    left_to_it = {f"old {name}": code for name, code in old.begin(Status.SUBMITTED).items()}
    assert {name.split()[0] for name in begun_before} == set(Kind)
    begun_now = {f"new {name}": code for name, code in (await begin(*STANDS)).items()}

    by_the_new = await finish(begun_before)
    by_the_old = old.finish({**left_to_it, **begun_now})

    assert by_the_new == ended(begun_before)
    assert by_the_old == ended({**left_to_it, **begun_now})


@pytest.fixture
def old_schema(
    old: OldProgram, postgres: EmbeddedPostgres, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    """A database that the old program has migrated."""
    postgres.create_database("released_schema")
    monkeypatch.setenv("DATABASE_URL", postgres.url("released_schema"))
    old.run("-c", "from models.migrate import migrate; migrate()")
    yield
    drop_database(postgres, "released_schema")


@pytest.mark.usefixtures("old_schema")
async def test_the_new_program_stops_on_the_old_schema() -> None:
    """With what to do; where nothing was added since, it runs."""
    answer = await mumaris("request", "list")

    if released().schema == needed_revision():
        assert answer.exit_code == 0
    else:
        assert answer.exit_code == 4
        assert "run `mumaris migrate`" in answer.stderr
