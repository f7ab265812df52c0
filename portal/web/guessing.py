"""A limit on wrong tracking codes, so that nobody finds one by trying."""

from collections import OrderedDict, deque
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address

from rules.errors import TooOften

#: Wrong codes that one client may send within `WINDOW` (assumed).
MOST_MISSES = 10
WINDOW = timedelta(minutes=10)
#: Clients that are remembered; the one not seen for longest is forgotten first.
MOST_CLIENTS = 10_000
#: A household or a phone has a whole network of this size under IPv6.
_IPV6_NETWORK_BITS = 64


class TooManyGuesses(TooOften):
    """This client has sent too many wrong codes; ``again_at`` is when it may try again."""

    def __init__(self, again_at: datetime) -> None:
        super().__init__(f"too many wrong tracking codes; again at {again_at:%Y-%m-%d %H:%M} UTC")
        self.again_at = again_at


class Guesses:
    """Counts the wrong codes of each client, in the memory of this process.

    Right codes are free, so that a hospital behind one address can follow its people's requests.
    Several processes count apart; with 40 random bits a code stays out of reach.
    """

    def __init__(self) -> None:
        self._misses: OrderedDict[str, deque[datetime]] = OrderedDict()

    def take(self, client: str, *, now: datetime) -> None:
        """Count a try before it is looked up; raises `TooManyGuesses`.

        Counting first leaves no gap in which a hundred tries at once are all the first one.
        """
        misses = self._misses.setdefault(network_of(client), deque())
        self._misses.move_to_end(network_of(client))
        while misses and misses[0] <= now - WINDOW:
            misses.popleft()
        if len(misses) >= MOST_MISSES:
            raise TooManyGuesses(misses[0] + WINDOW)
        misses.append(now)
        if len(self._misses) > MOST_CLIENTS:
            self._misses.popitem(last=False)

    def give_back(self, client: str) -> None:
        """The last try of this client was right: it does not count."""
        misses = self._misses.get(network_of(client))
        if misses:
            misses.pop()


def network_of(client: str) -> str:
    """What tries are counted for: the address, or under IPv6 the network of a household."""
    try:
        address = ip_address(client)
    except ValueError:
        return client
    if isinstance(address, IPv6Address) and address.ipv4_mapped is None:
        return str(int(address) >> (128 - _IPV6_NETWORK_BITS))
    return client
