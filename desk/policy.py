"""The policy in force: one commented file, read once."""

import os
from functools import lru_cache
from pathlib import Path

from rules.policy.keys import StatedPolicy
from rules.policy.policy import Policy, parse_policy
from rules.policy.reader import PolicyError, PolicyInvalid
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
    return stated_policy(policy_file()).policy


def stated_policy(path: Path) -> StatedPolicy:
    """The policy that this file states, read now; raises as `current_policy` does."""
    text = _text(path)
    return StatedPolicy(parse_policy(text, filename=str(path)), text)


def _text(path: Path) -> str:
    data = path.read_bytes()
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        wrong = PolicyError(str(path), line, "(the file)", "this is not text in UTF-8")
        raise PolicyInvalid((wrong,)) from None


def as_on_card(registration_number: str) -> str:
    """The registration number as people are shown it: with the dash of the card."""
    pattern = current_policy().registration_number.pattern
    return shown_registration_number(registration_number, pattern=pattern)
