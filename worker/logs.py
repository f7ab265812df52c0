"""The worker's say in what a log line is worth."""

import logging

#: The engine's last line about a run that did not fail: an ERROR in Prefect unless it completed.
_NORMAL_ENDS = tuple(
    f"Finished in state {name}("
    for name in ("Suspended", "Cancelled", "Cancelling", "AwaitingRetry")
)


#: What the engine says of every run, and its states say already.
_SAID_BY_STATES = (
    "Beginning flow run ",
    "Suspending flow run, ",
    "Finished in state ",
    "Worker '",  # … submitting flow run
)


class NormalEndsAreNoErrors(logging.Filter):
    """Makes INFO of the ERROR by which Prefect's engine tells of a normal end.

    Operations look at every ERROR, and each request that waits at its gate would be one
    (PREFECT.md, "The gate"). A run that failed or crashed keeps its ERROR. What a run's states say
    already is not sent to Prefect's server as well: that is a call for each half of a request.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        """Keep every record, at the level that it deserves."""
        said = str(record.msg)
        if record.levelno == logging.ERROR and said.startswith(_NORMAL_ENDS):
            record.levelno = logging.INFO
            record.levelname = logging.getLevelName(logging.INFO)
        if record.levelno == logging.INFO and said.startswith(_SAID_BY_STATES):
            record.send_to_api = False
        return True


_LOGGERS = ("prefect.flow_runs", "prefect.flow_runs.worker", "prefect.task_runs", "prefect.engine")
_filter = NormalEndsAreNoErrors()


def calm_the_engine() -> None:
    """Install the filter on the loggers that the engine writes to; repeating changes nothing."""
    for name in _LOGGERS:
        logging.getLogger(name).addFilter(_filter)
