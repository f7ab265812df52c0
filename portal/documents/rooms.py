"""How many files are received at once: each takes memory, and a connection of somebody's."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from rules.errors import TooOften, Unavailable

#: In this process; each takes about two megabytes while it is received (assumed).
MOST = 40
#: Of one person, so that nobody takes all of them (assumed).
MOST_OF_ONE = 8


class NoRoomForUpload(Unavailable):
    """As many files as can be received at once are on their way already."""


class OwnUploadsGoOn(TooOften):
    """So many files of the same person are on their way already."""


class UploadRooms:
    """Counts the uploads of this process that are on their way."""

    def __init__(self, most: int = MOST, most_of_one: int = MOST_OF_ONE) -> None:
        self._most, self._most_of_one = most, most_of_one
        self._taken: Counter[str] = Counter()

    @contextmanager
    def taken(self, owner: str) -> Iterator[None]:
        """A room for one upload of this person; raises `OwnUploadsGoOn`, `NoRoomForUpload`."""
        if self._taken[owner] >= self._most_of_one:
            raise OwnUploadsGoOn
        if self._taken.total() >= self._most:
            raise NoRoomForUpload
        self._taken[owner] += 1
        try:
            yield
        finally:
            self._taken[owner] -= 1
            self._taken += Counter()  # forgets who has none
