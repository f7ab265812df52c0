"""Ports on the loopback address."""

import socket

from rules.errors import Conflict

HOST = "127.0.0.1"
_LAST_PORT = 65535


class NoFreePort(Conflict):
    """Every port from the preferred one upwards is taken."""

    def __init__(self, preferred: int) -> None:
        super().__init__(f"no free port on {HOST} from {preferred} to {_LAST_PORT}")
        self.preferred = preferred


def free_port(preferred: int) -> int:
    """The preferred port of 127.0.0.1, or the next one above it that nobody listens on.

    0 asks the system for any free port. The port is not held: whoever needs it binds it soon, and
    two callers that ask before either binds get the same answer. Raises `NoFreePort`.
    """
    if preferred == 0:
        return _bound_port(0)
    for port in range(preferred, _LAST_PORT + 1):
        if is_free(port):
            return port
    raise NoFreePort(preferred)


def is_free(port: int) -> bool:
    """Whether this port of 127.0.0.1 can be listened on now."""
    try:
        _bound_port(port)
    except OSError:  # in use, or reserved for the system: to the caller both mean "not this one"
        return False
    return True


def listens(port: int) -> bool:
    """Whether somebody takes connections at this port of 127.0.0.1."""
    try:
        socket.create_connection((HOST, port), timeout=1).close()
    except OSError:
        return False
    return True


def _bound_port(port: int) -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        # Without this a port whose last connections linger in TIME_WAIT would look taken.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind((HOST, port))
        found: int = probe.getsockname()[1]
        return found
