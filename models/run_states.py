"""Where a request's Prefect run stands, for us."""

from enum import StrEnum


class RunState(StrEnum):
    """Where the request's run stands, for us."""

    #: No run exists yet, or Prefect lost it: the sweep makes one.
    WANTED = "wanted"
    #: A wave carries it, in a run that it shares: see `models.waves`.
    IN_WAVE = "in_wave"
    #: It was made or woken: a worker should take it soon.
    STARTED = "started"
    #: Its body has begun, and a process carries it (see `carrying`).
    RUNNING = "running"
    #: It is about to suspend itself in the status ``waits_in``.
    SUSPENDING = "suspending"
    #: It has suspended itself in the status ``waits_in``; what a wave has left there has no run.
    WAITING = "waiting"
    #: Prefect shows that it failed or crashed; the sweep restarts it at ``wake_at``.
    BROKEN = "broken"
    #: Its body has come to the outcome; the sweep looks once whether Prefect shows it.
    ENDED = "ended"
    #: Prefect shows its outcome. Final.
    SETTLED = "settled"
