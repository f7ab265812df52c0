"""Prefect's own command, its server answering only to its own names: ``python -m`` this module.

Prefect 3.8 has no setting for the hosts that its server answers to, and its CORS settings only tell
a browser what it may read, after the server has acted. So whatever page somebody opens could have
the browser send requests here, under a name that is made to lead to this machine. Refused are

- a request under another host's name (400), and
- one that a page of another origin sent (403).

The command's arguments are Prefect's: ``server start --port 4200``.
"""

import runpy
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import urlsplit

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

#: What the server is called on this machine; it listens on the loopback address alone.
HOSTS = frozenset({"127.0.0.1", "localhost", "::1"})
_FOREIGN_HOST, _FOREIGN_ORIGIN = 400, 403


class OwnNamesOnly:
    """Passes on what was asked of this server under its own name, by its own pages or by none."""

    def __init__(self, app: App) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        refusal = None if scope["type"] == "lifespan" else _refusal(dict(scope["headers"]))
        if refusal is None:
            await self._app(scope, receive, send)
        elif scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": 1008})
        else:
            headers = [(b"content-type", b"text/plain"), (b"content-length", b"0")]
            await send({"type": "http.response.start", "status": refusal, "headers": headers})
            await send({"type": "http.response.body", "body": b""})


def _refusal(headers: dict[bytes, bytes]) -> int | None:
    host = headers.get(b"host", b"").decode("latin-1")
    origin = headers.get(b"origin", b"").decode("latin-1")
    if _split("//" + host) is None:
        return _FOREIGN_HOST
    if origin and _split(origin) != _split("//" + host):
        return _FOREIGN_ORIGIN
    return None


def _split(address: str) -> int | None:
    """The port of an address of this server (0 where none is named); None for any other."""
    try:
        parts = urlsplit(address)
        port = parts.port or 0
    except ValueError:
        return None
    own = parts.hostname in HOSTS and parts.scheme in {"", "http"} and not parts.username
    return port if own else None


def main() -> None:
    """Run Prefect's command with the guard in front of its server."""
    from prefect.server.api import server  # noqa: PLC0415 - the imports of a server

    create = server.create_app

    def create_guarded(*arguments: Any, **options: Any) -> Any:
        app = create(*arguments, **options)
        # Without arguments the server's own services ask, which act on events: they call the app
        # that runs already, in its process, under a name of their own.
        return OwnNamesOnly(app) if arguments or options else app

    vars(server)["create_app"] = create_guarded
    runpy.run_module("prefect", run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
