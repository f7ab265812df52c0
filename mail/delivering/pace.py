"""How fast letters leave: so many a second in all, and so many to one recipient domain."""

from collections import OrderedDict
from math import inf

#: Domains that are remembered; the one not seen for longest is forgotten first.
_MOST_DOMAINS = 10_000


class Pace:
    """Hands out the instants at which letters may leave; 0 a second is no limit."""

    def __init__(self, *, per_second: float, per_second_per_domain: float) -> None:
        self._between = 1 / per_second if per_second else 0.0
        self._between_domain = 1 / per_second_per_domain if per_second_per_domain else 0.0
        self._next = -inf
        self._next_of: OrderedDict[str, float] = OrderedDict()

    def reserve(self, address: str, now: float, *, until: float) -> float | None:
        """When a letter to this address may leave, in the clock's seconds; taken by asking.

        None where that would be after ``until``: nothing is taken, and another domain's letter may
        go first.
        """
        domain = address.rpartition("@")[2].casefold()
        at = max(now, self._next, self._next_of.get(domain, -inf))
        if at > until:
            return None
        self._next = max(now, self._next) + self._between
        if self._between_domain:
            self._next_of[domain] = at + self._between_domain
            self._next_of.move_to_end(domain)
            if len(self._next_of) > _MOST_DOMAINS:
                self._next_of.popitem(last=False)
        return at
