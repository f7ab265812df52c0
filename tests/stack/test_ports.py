"""Ports that are taken are stepped over."""

import socket
from collections.abc import Iterator

import pytest

from stack.ports import HOST, NoFreePort, free_port, is_free


@pytest.fixture
def taken() -> Iterator[int]:
    """A port that somebody listens on."""
    with socket.create_server((HOST, 0)) as server:
        yield server.getsockname()[1]


def test_a_free_port_is_given_as_preferred() -> None:
    """Nobody listens there, so it is the answer, again and again."""
    preferred = free_port(0)
    assert preferred == free_port(preferred) == free_port(preferred)


def test_a_taken_port_gives_a_later_one(taken: int) -> None:
    """The next free one comes instead."""
    found = free_port(taken)
    assert found > taken
    assert is_free(found)


def test_a_port_taken_on_every_address_is_taken() -> None:
    """A server on 0.0.0.0 would get our connections."""
    with socket.create_server(("", 0)) as server:
        assert not is_free(server.getsockname()[1])


def test_the_last_port_taken_is_an_error_that_names_it() -> None:
    """There is nothing above 65535."""
    with socket.create_server((HOST, 65535)), pytest.raises(NoFreePort) as refused:
        free_port(65535)
    assert refused.value.preferred == 65535
