"""What a log line of the engine is worth."""

import logging

import pytest

from worker.logs import NormalEndsAreNoErrors


@pytest.mark.parametrize(
    ("message", "level"),
    [
        ("Finished in state Suspended(type=PAUSED)", logging.INFO),
        ("Finished in state Cancelled()", logging.INFO),
        ("Finished in state AwaitingRetry(type=SCHEDULED)", logging.INFO),
        ("Finished in state Failed('x')", logging.ERROR),
        ("Finished in state Crashed('x')", logging.ERROR),
        ("Crash detected! Suspended(", logging.ERROR),
    ],
)
def test_only_what_went_wrong_stays_an_error(message: str, level: int) -> None:
    """No line is lost."""
    record = logging.LogRecord("engine", logging.ERROR, "", 0, message, None, None)

    assert NormalEndsAreNoErrors().filter(record) is True
    assert (record.levelno, record.levelname) == (level, logging.getLevelName(level))
