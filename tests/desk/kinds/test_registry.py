"""A kind of request that is not told whole does not go unnoticed."""

import importlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from prefect import Flow

from desk.kinds.card_renewal import CardRenewalKind
from desk.kinds.kind import KindOfRequest
from desk.kinds.registry import KINDS
from rules.card_renewal.submission import CardRenewalSubmission
from rules.requests.statuses import Kind

ROOT = Path(__file__).resolve().parents[3]
LAST_MEMBER = '"registration"\n'


def imported(folder: Path, member: str, module: str) -> subprocess.CompletedProcess[str]:
    """Import the module where `Kind` has this member more."""
    shutil.copytree(ROOT / "rules", folder / "rules", ignore=shutil.ignore_patterns("*.pyc"))
    statuses = folder / "rules" / "requests" / "statuses.py"
    source = statuses.read_text(encoding="utf-8")
    assert source.count(LAST_MEMBER) == 1
    statuses.write_text(source.replace(LAST_MEMBER, f"{LAST_MEMBER}    {member}\n"), "utf-8")
    return subprocess.run(
        [sys.executable, "-c", f"import {module}"],
        env=os.environ | {"PYTHONPATH": f"{folder}:{ROOT}"},
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    "said", ['"appeal"', '"appeal", "MAP", "5"', '"appeal", "MAP", "5", "تظلمك"']
)
def test_a_kind_that_lacks_a_word_does_not_import(tmp_path: Path, said: str) -> None:
    """Its prefix, its digit, its words in both languages."""
    ended = imported(tmp_path, f"APPEAL = {said}", "rules.requests.statuses")

    assert ended.returncode != 0
    assert "not enough values to unpack" in ended.stderr


def test_a_kind_without_its_class_does_not_import(tmp_path: Path) -> None:
    """Whoever takes requests in, shows them or carries them imports the registry."""
    whole = 'APPEAL = "appeal", "MAP", "5", "تظلمك", "appeal"'

    ended = imported(tmp_path, whole, "desk.requests.submission")

    assert ended.returncode != 0
    assert "no class of these kinds: appeal" in ended.stderr


@pytest.mark.parametrize("member", sorted(KindOfRequest.__abstractmethods__))
def test_a_class_that_lacks_a_member_is_none(member: str) -> None:
    """Each of them is asked for by somebody."""
    lacking = type("Lacking", (CardRenewalKind,), {member: getattr(KindOfRequest, member)})

    with pytest.raises(TypeError, match=member):
        lacking(Kind.CARD_RENEWAL, CardRenewalSubmission)


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_is_deployed(kind: Kind) -> None:
    """prefect.yaml names the flow that the kind's runs are made of, and the flow submits it."""
    wanted = yaml.safe_load((ROOT / "prefect.yaml").read_text())["deployments"]
    entrypoints = {each["name"]: each["entrypoint"] for each in wanted}

    module, _, function = entrypoints[kind.flow].rpartition(".")
    flow = getattr(importlib.import_module(module), function)

    assert isinstance(flow, Flow)
    assert flow.name == kind.flow
    assert callable(importlib.import_module(module).submit)


def test_a_class_answers_to_its_own_name() -> None:
    """No kind is carried by another's class."""
    assert {kind: each.kind for kind, each in KINDS.items()} == {kind: kind for kind in Kind}
