"""What a program holds of a request."""

import pytest

from desk.requests.handle import RequestHandle
from rules.values.tracking_code import NotATrackingCode


@pytest.mark.parametrize("typed", ["K7Q2-M9XD", "k7q2 m9xd", "\u2066K7Q2\u2011M9XD\u2069"])
def test_a_handle_is_made_from_a_code_however_it_is_typed(typed: str) -> None:
    """As everywhere."""
    assert RequestHandle(typed) == RequestHandle("K7Q2-M9XD")


def test_a_handle_of_no_code_is_refused() -> None:
    """At once, and not as a request that is unknown."""
    with pytest.raises(NotATrackingCode):
        RequestHandle("K7Q2")
