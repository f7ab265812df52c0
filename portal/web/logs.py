"""The portal's log: plain lines, or JSON where ``MUMARIS_LOG_FORMAT`` says so.

Each answer carries the number of its request (``X-Request-Id``), and each JSON line says for which
request it was written. The number is ours: what a client claims to be its number is not believed.
"""

import logging
import secrets
from contextvars import ContextVar
from typing import Any

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

HEADER = "X-Request-Id"
_request_id: ContextVar[str | None] = ContextVar("request_id", default=None)


class RequestIds:
    """Gives each request a number, and says it in the answer."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, with the number."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        number = secrets.token_hex(8)

        async def send_with_number(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)[HEADER] = number
            await send(message)

        before = _request_id.set(number)
        try:
            await self._app(scope, receive, send_with_number)
        finally:
            _request_id.reset(before)


class OfRequest(logging.Filter):
    """Puts the request's number on the line; None on a line of the process itself."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Keep every line."""
        record.request_id = _request_id.get()
        return True


def json_lines() -> dict[str, Any]:
    """For `logging.config.dictConfig`: every line of the process as one JSON object."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"of_request": {"()": "portal.web.logs.OfRequest"}},
        "formatters": {
            "json": {
                "()": "pythonjsonlogger.json.JsonFormatter",
                "fmt": ["levelname", "name", "message", "request_id"],
                "rename_fields": {"levelname": "level", "name": "logger"},
                "timestamp": "at",
                "json_ensure_ascii": False,
            }
        },
        "handlers": {
            "stderr": {
                "class": "logging.StreamHandler",
                "formatter": "json",
                "filters": ["of_request"],
            }
        },
        "root": {"handlers": ["stderr"], "level": "INFO"},
    }
