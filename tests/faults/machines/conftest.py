"""What the tests of two machines share."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest


@pytest.fixture
def opened() -> Iterator[ExitStack]:
    """What is opened in it is closed with the test."""
    with ExitStack() as stack:
        yield stack
