"""How a receiver is reached: its name is asked for once a connection, and what it says is judged.

The connection goes to the very address that was judged: a name that leads elsewhere a moment later
leads nowhere. Proxies of the environment are not asked, and no redirect is followed.
"""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from functools import cache
from typing import Any

import httpcore
import httpx

from rules.webhooks.receivers import Receiver, may_reach

#: All addresses of a name: as `socket.getaddrinfo` tells them.
Resolve = Callable[[str, int], Sequence[str]]
#: Seconds for one address of a name.
CONNECT_WITHIN = 3.0
#: Of an answer the status counts: its body is read to keep the connection, and no further.
MOST_BYTES = 65_536
BODY_WITHIN = 1.0
#: Shorter than receivers keep a connection that is not used.
_KEPT = 2.0
#: Connections of a line, to as many receivers.
_KEPT_OPEN = 2
#: Threads of their own, begun as they are needed: one for each name server that hangs.
_threads = ThreadPoolExecutor(128, "webhook-names")


class AddressRefused(httpcore.ConnectError):
    """The receiver's name leads into a network that webhooks may not reach."""


def addresses_of(host: str, port: int) -> Sequence[str]:
    """As this machine resolves names; raises ``OSError``."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(str(address[0]) for *_, address in found))


class Names:
    """Asks where a receiver's name leads, one question at a time.

    All lines that wait for it have its answer: one whose name server hangs takes one thread.
    """

    def __init__(self, resolve: Resolve) -> None:
        self._resolve = resolve
        self._asked: dict[tuple[str, int], asyncio.Future[Sequence[str]]] = {}

    async def addresses(self, host: str, port: int) -> Sequence[str]:
        """All of them; raises ``OSError``."""
        asked = self._asked.get((host, port))
        if asked is None or asked.done():
            loop = asyncio.get_running_loop()
            asked = loop.run_in_executor(_threads, self._resolve, host, port)
            asked.add_done_callback(_heard)  # also where nobody waits any more
            self._asked[host, port] = asked
        return await asyncio.shield(asked)


def _heard(asked: asyncio.Future[Sequence[str]]) -> None:
    if not asked.cancelled():
        asked.exception()


class _Judging(httpcore.AsyncNetworkBackend):
    """Opens connections to judged addresses alone."""

    def __init__(self, networks: Sequence[str], names: Names) -> None:
        self._networks = networks
        self._names = names
        self._inner = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ARG002 - the whole attempt has a limit
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Raises `AddressRefused` where any of its addresses is not to be reached."""
        try:
            addresses = await self._names.addresses(host, port)
        except OSError as unknown:
            raise httpcore.ConnectError(type(unknown).__name__) from None
        if not addresses or not all(may_reach(each, self._networks) for each in addresses):
            raise AddressRefused
        for address in addresses[:-1]:
            try:
                return await self._connect(address, port, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                continue
        return await self._connect(addresses[-1], port, local_address, socket_options)

    async def _connect(
        self, address: str, port: int, local: str | None, options: Iterable[Any] | None
    ) -> httpcore.AsyncNetworkStream:
        return await self._inner.connect_tcp(
            address, port, timeout=CONNECT_WITHIN, local_address=local, socket_options=options
        )

    async def sleep(self, seconds: float) -> None:
        """As httpcore asks for between attempts, of which it makes one."""
        await asyncio.sleep(seconds)


class Network:
    """A line to receivers, of which the last ones' connections are kept."""

    def __init__(self, pool: httpcore.AsyncConnectionPool, within: float) -> None:
        self._pool = pool
        self._within = within

    async def post(self, receiver: Receiver, headers: Mapping[str, str], body: bytes) -> int:
        """The status of the answer, whatever follows it.

        Raises ``TimeoutError``, ``OSError``, and httpcore's errors, among them `AddressRefused`.
        """
        url = httpcore.URL(
            scheme=receiver.scheme, host=receiver.host, port=receiver.port, target=receiver.target
        )
        status = 0
        try:
            async with (
                asyncio.timeout(self._within) as limit,
                self._pool.stream("POST", url, headers=list(headers.items()), content=body) as sent,
            ):
                status = sent.status
                limit.reschedule(asyncio.get_running_loop().time() + BODY_WITHIN)
                read = 0
                async for part in sent.aiter_stream():
                    read += len(part)
                    if read > MOST_BYTES:
                        break
        except (TimeoutError, httpcore.NetworkError, httpcore.ProtocolError):
            if not status:
                raise
        return status


@asynccontextmanager
async def network(
    *, networks: Sequence[str], within: float, names: Names
) -> AsyncIterator[Network]:
    """One line to public addresses and these networks; an answer must come ``within`` seconds.

    For one webhook at a time: httpcore looks at each of a pool's connections with each request.
    """
    async with httpcore.AsyncConnectionPool(
        ssl_context=_trusted(),
        max_connections=_KEPT_OPEN,
        keepalive_expiry=_KEPT,
        network_backend=_Judging(networks, names),
    ) as pool:
        yield Network(pool, within)


@cache
def _trusted() -> ssl.SSLContext:
    """Whose certificates are believed; also those that ``SSL_CERT_FILE`` names."""
    return httpx.create_ssl_context()
