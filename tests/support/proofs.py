"""Cases of one kind, of which `make test` runs some and `make prove` the others (decision 0091)."""

from collections.abc import Collection, Iterable
from typing import Any

import pytest


def mostly_proofs(cases: Iterable[Any], *, but: Collection[Any]) -> list[Any]:
    """Each as a test's parameters; those in ``but`` are run by `make test`."""
    cases = list(cases)
    assert set(but) <= set(cases)
    return [
        pytest.param(
            *(case if isinstance(case, tuple) else (case,)),
            marks=[] if case in but else pytest.mark.prove,
        )
        for case in cases
    ]
