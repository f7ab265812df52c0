"""What drawing one document may cost."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """Far above what an honest document needs; measured in docs/decisions/0034."""

    pages: int
    #: From its start to its end, by the clock on the wall.
    seconds: float = 60
    #: Of processor time.
    cpu_seconds: int = 30
    #: Of address space.
    memory_bytes: int = 1024**3
    #: Of a photograph, before it is made smaller. A telephone's camera takes 12 to 50 million.
    pixels: int = 64_000_000
