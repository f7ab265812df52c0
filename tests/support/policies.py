"""A policy that differs from the repository's in some lines, for the time of a test."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from desk.policy import ROOT, current_policy


@contextmanager
def policy_with(folder: Path, *changes: tuple[str, str]) -> Iterator[None]:
    """`current_policy` with each text of the file, which must be there once, replaced."""
    text = (ROOT / "policy.toml").read_text(encoding="utf-8")
    for from_, to in changes:
        assert text.count(from_) == 1, from_
        text = text.replace(from_, to)
    changed = folder / "policy.toml"
    changed.write_text(text, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MUMARIS_POLICY", str(changed))
        current_policy.cache_clear()
        yield
    current_policy.cache_clear()
