"""The worker's say in what a log line is worth."""

import logging

#: The engine's last line about a run that did not fail: an ERROR in Prefect unless it completed.
_NORMAL_ENDS = tuple(
    f"Finished in state {name}("
    for name in ("Suspended", "Cancelled", "Cancelling", "AwaitingRetry")
)


class NormalEndsAreNoErrors(logging.Filter):
    """Makes INFO of the ERROR by which Prefect's engine tells of a normal end.

    Operations look at every ERROR, and each request that waits at its gate would be one
    (PREFECT.md, "The gate"). A run that failed or crashed keeps its ERROR.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        """Keep every record, at the level that it deserves."""
        if record.levelno == logging.ERROR and str(record.msg).startswith(_NORMAL_ENDS):
            record.levelno = logging.INFO
            record.levelname = logging.getLevelName(logging.INFO)
        return True


_filter = NormalEndsAreNoErrors()


def calm_the_engine() -> None:
    """Install the filter on the loggers that the engine writes to; repeating changes nothing."""
    for name in ("prefect.flow_runs", "prefect.engine"):
        logging.getLogger(name).addFilter(_filter)
