"""What is looked at before a connection of a pool is used again."""

import select
import time
from functools import partial
from typing import Any

import psycopg
from sqlalchemy import Engine, event
from sqlalchemy.exc import InvalidatePoolError

#: Seconds after its last use in which a connection needs no question: one round trip in each
#: short transaction. A server that ends it meanwhile closes the socket, which is looked at.
TRUSTED_FOR = 1.0
#: What PostgreSQL reports of a session that takes no writes.
_READ_ONLY = ("default_transaction_read_only", "in_hot_standby")
_USED = "used_at"


def only_living(engine: Engine) -> None:
    """Give no connection of this engine out whose server is gone, or takes no writes any more.

    Where one is met, the whole pool is thrown away: its other connections lead to the same server.
    """
    event.listen(engine, "connect", _note_use)
    event.listen(engine, "checkin", _note_use)
    event.listen(engine, "checkout", partial(_refuse_what_is_gone, engine))
    event.listen(engine, "checkout", _refuse_what_takes_no_writes)


def _note_use(_connection: object, record: Any) -> None:
    record.info[_USED] = time.monotonic()


def _refuse_what_is_gone(engine: Engine, connection: Any, record: Any, _proxy: object) -> None:
    is_trusted = time.monotonic() - record.info[_USED] < TRUSTED_FOR
    if is_trusted and not _has_spoken(connection.driver_connection):
        return
    try:
        engine.dialect.do_ping(connection)
    except psycopg.Error as error:
        raise InvalidatePoolError from error


def _has_spoken(connection: psycopg.AsyncConnection[Any]) -> bool:
    """Whether the server said something unasked: that it stops, or, by closing, that it did."""
    if connection.closed:
        return True
    poll = select.poll()
    poll.register(connection.fileno(), select.POLLIN)
    return bool(poll.poll(0))


def _refuse_what_takes_no_writes(connection: Any, _record: object, _proxy: object) -> None:
    """The server reports it with whatever it answered last: that costs no question."""
    told = connection.driver_connection.info.parameter_status
    if any(told(name) == "on" for name in _READ_ONLY):
        raise InvalidatePoolError
