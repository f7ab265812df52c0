"""What the doctor says."""

from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing that is not as it should be."""

    #: For programs; it stays.
    code: str
    #: Whether the installation must not go live with it.
    stops: bool
    what: str
    why: str
    #: What mends or shows it.
    command: str | None = None
    #: What it is made of, where that is more than one thing.
    details: tuple[str, ...] = ()
    #: What ``--fix`` does about it; None where somebody has to decide something first.
    mend: Callable[[], object] | None = field(default=None, compare=False, repr=False)

    def to_json(self) -> dict[str, object]:
        """As programs read it."""
        return {
            "code": self.code,
            "stops": self.stops,
            "what": self.what,
            "why": self.why,
            "command": self.command,
            "details": list(self.details),
            "fixable": self.mend is not None,
        }
