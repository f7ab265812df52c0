"""The policy in force: one commented file, read once."""

import os
from functools import lru_cache
from pathlib import Path

from rules.policy.policy import Policy, parse_policy
from rules.values.registration_number import shown_registration_number

ROOT = Path(__file__).resolve().parent.parent


def policy_file() -> Path:
    """``MUMARIS_POLICY``, or ``policy.toml`` beside the packages."""
    return Path(os.environ.get("MUMARIS_POLICY") or ROOT / "policy.toml")


@lru_cache(maxsize=1)
def current_policy() -> Policy:
    """The policy from `policy_file`.

    Read at the first call; a changed file is read at the next start. Raises what `parse_policy`
    raises: every error in the file, with file, line and key.
    """
    path = policy_file()
    return parse_policy(path.read_text(encoding="utf-8"), filename=str(path))


def as_on_card(registration_number: str) -> str:
    """The registration number as people are shown it: with the dash of the card."""
    pattern = current_policy().registration_number.pattern
    return shown_registration_number(registration_number, pattern=pattern)
