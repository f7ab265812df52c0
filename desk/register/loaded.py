"""What loading one file did."""

from dataclasses import dataclass


@dataclass
class Loaded:
    """What loading one file did, in lines."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    #: Left as they are: what is in the table is newer than the file.
    kept: int = 0

    def add(self, more: "Loaded") -> None:
        """Count what was done besides."""
        self.added += more.added
        self.changed += more.changed
        self.unchanged += more.unchanged
        self.kept += more.kept
