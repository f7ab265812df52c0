"""Where a request stands, as far as it is asked before its row is read."""

from typing import Protocol

from rules.requests.statuses import Status


class WhereItStands(Protocol):
    """A row of a request, or the few columns of one by which steps say whether they are due."""

    @property
    def status(self) -> Status:
        """The status that it has."""

    @property
    def reference_number(self) -> str | None:
        """None until it is given one."""
