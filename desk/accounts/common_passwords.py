"""The passwords that guessers try first."""

from functools import cache
from pathlib import Path

_FILE = Path(__file__).with_suffix(".txt")


@cache
def common_passwords() -> frozenset[str]:
    """All of them, in small letters; read once."""
    lines = _FILE.read_text(encoding="utf-8").splitlines()
    return frozenset(line for line in lines if line and not line.startswith("# "))
