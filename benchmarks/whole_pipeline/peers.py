"""The other engines by their names, where they are installed (`make peers`)."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from importlib.util import find_spec

from benchmarks.whole_pipeline.engine import Engine
from benchmarks.whole_pipeline.on_dbos.peer import dbos
from benchmarks.whole_pipeline.on_restate.peer import SERVER, restate
from benchmarks.whole_pipeline.place import Place
from rules.errors import Misconfigured

#: Starts an engine on a place, and stops it again.
Begin = Callable[[Place], AbstractContextManager[Engine]]


class PeerMissing(Misconfigured):
    """A peer is not on this machine."""

    def __init__(self, what: str) -> None:
        super().__init__(f"{what} is not installed; `make peers` installs it")


def _dbos() -> Begin:
    if find_spec("dbos") is None:
        raise PeerMissing("dbos")
    return dbos


def _restate() -> Begin:
    for module in ("restate", "hypercorn"):
        if find_spec(module) is None:
            raise PeerMissing(module)
    if not SERVER.exists():
        raise PeerMissing("restate-server (an npm package)")
    return restate


#: Raise `PeerMissing`.
PEERS: dict[str, Callable[[], Begin]] = {"dbos": _dbos, "restate": _restate}
