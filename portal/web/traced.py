"""Presses in the traces of the requests that they move."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from portal.web.routes import route_of
from traces.work import Side, work

_SERVER_FAULTS = 500


class Traced:
    """Tells of each press by the pattern of its route: an address holds tokens and numbers."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, and tell."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        with work(scope["method"], side=Side.SERVER) as this:
            if this is None:
                await self._app(scope, receive, send)
                return

            async def send_and_note(message: Message) -> None:
                if message["type"] == "http.response.start":
                    status = message["status"]
                    this.said["http.response.status_code"] = status
                    if status >= _SERVER_FAULTS:
                        this.fault = str(status)
                await send(message)

            try:
                await self._app(scope, receive, send_and_note)
            finally:
                route = route_of(scope)
                this.name = f"{scope['method']} {route}"
                this.said |= {"http.request.method": scope["method"], "http.route": route}
