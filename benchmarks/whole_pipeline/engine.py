"""What a measure asks of whatever carries requests."""

from dataclasses import dataclass
from typing import Protocol

from benchmarks.whole_pipeline.post import Post


class Engine(Protocol):
    """Carries accepted requests from one wait to the next."""

    async def begin(self, tracking_code: str) -> None:
        """A request was accepted: carry it to the gate."""
        ...

    async def decided(self, tracking_code: str) -> None:
        """Officers have decided: carry it on."""
        ...


class Bell:
    """Ours: the transactions that accept and decide have rung already."""

    async def begin(self, tracking_code: str) -> None:
        """Nothing to do."""

    async def decided(self, tracking_code: str) -> None:
        """Nothing to do."""


@dataclass(frozen=True)
class Running:
    """An engine that runs on this process's database, and the mail server that it sends to."""

    name: str
    engine: Engine
    post: Post
