"""What the doctor says."""

from dataclasses import dataclass


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
