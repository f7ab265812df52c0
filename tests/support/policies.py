"""The tests' own policy, frozen; and one that differs from it, for the time of a test."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import pytest

from desk.policy import ROOT, current_policy
from rules.policy.policy import Policy, parse_policy

#: What an authority may edit; only the tests of the shipped file read it.
SHIPPED = ROOT / "policy.toml"
#: What every other test stands on.
FROZEN = Path(__file__).parent / "policy.toml"
#: A renewal is paid before its activation link is sent.
PAID_FIRST = ("required_before_activation = false", "required_before_activation = true")
#: Prefect's form decides, where one officer is enough.
FORM_DECIDES = ("prefect_form_decides = false", "prefect_form_decides = true")


@cache
def frozen_policy() -> Policy:
    """The tests' policy, for rules that are asked without a desk."""
    return parse_policy(FROZEN.read_text(encoding="utf-8"), filename=FROZEN.name)


def changed_policy(folder: Path, *changes: tuple[str, str]) -> Path:
    """A file with the tests' policy, each text of it, which must be there once, replaced."""
    text = FROZEN.read_text(encoding="utf-8")
    for from_, to in changes:
        assert text.count(from_) == 1, from_
        text = text.replace(from_, to)
    changed = folder / "policy.toml"
    changed.write_text(text, encoding="utf-8")
    return changed


@contextmanager
def policy_with(folder: Path, *changes: tuple[str, str]) -> Iterator[None]:
    """The tests' policy, changed so, for the time of a test."""
    changed = changed_policy(folder, *changes)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MUMARIS_POLICY", str(changed))
        current_policy.cache_clear()
        yield
    current_policy.cache_clear()
