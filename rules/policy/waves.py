"""When requests are carried together: the table ``[waves]`` of policy."""

from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class WavePolicy:
    """How many at once are a wave, and how they are shown in Prefect."""

    #: So many requests of a kind that want to be carried at the same moment share one run.
    from_requests: int = field(metadata={"minimum": 2})
    #: For so many a second of those that a wave has left waiting, a run of their own is shown in
    #: Prefect afterwards; 0 for none: one has a run once it is moved by itself.
    own_runs_per_second: int = field(metadata={"maximum": 50})
