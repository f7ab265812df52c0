"""What an application of ours answers where a page was refused, whatever its answers look like."""

from collections.abc import Callable, Coroutine, Mapping
from typing import Any, Protocol

from fastapi import Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from rules.errors import MumarisError

#: Statuses from here on say that we are at fault.
_OURS = 500
_Handler = Callable[[Request, Any], Coroutine[Any, Any, Response]]


class ErrorAnswer(Protocol):
    """How an application says a status: as a page for people, or as JSON for programs."""

    def __call__(
        self, request: Request, status: int, /, *, headers: Mapping[str, str] | None = None
    ) -> Response:
        """The answer with this status."""
        ...


def refusals(answer: ErrorAnswer) -> dict[int | type[Exception], _Handler]:
    """For an application's ``exception_handlers``: the framework's refusals, and our errors."""

    async def http_error(request: Request, error: Exception) -> Response:
        if not isinstance(error, HTTPException):
            raise error
        return answer(request, error.status_code, headers=error.headers)

    async def refusal(request: Request, error: Exception) -> Response:
        """What the error's branch says; what is ours to mend goes on to `ErrorPages`."""
        if not isinstance(error, MumarisError) or error.page_status >= _OURS:
            raise error
        return answer(request, error.page_status)

    return {HTTPException: http_error, MumarisError: refusal}
