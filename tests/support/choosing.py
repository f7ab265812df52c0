"""Which of a module's tests are run: what they share is made for those and for no others."""

from typing import Any

import pytest


def chosen(request: pytest.FixtureRequest, *names: str) -> list[tuple[Any, ...]]:
    """What the chosen tests of this fixture's module have for these parameters, each once."""
    found = [
        tuple(parameters[name] for name in names)
        for item in request.session.items
        if item.path == request.path and (parameters := _parameters(item)).keys() >= set(names)
    ]
    return list(dict.fromkeys(found))


def _parameters(item: pytest.Item) -> dict[str, Any]:
    is_one = isinstance(item, pytest.Function) and hasattr(item, "callspec")
    return item.callspec.params if is_one else {}
