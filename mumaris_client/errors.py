"""What the API refuses, as an error that a program can act on."""

from typing import Any, TypedDict


class FoundProblem(TypedDict):
    """One thing to put right."""

    code: str
    field: str
    sentence_ar: str
    sentence_en: str


class ApiProblem(Exception):
    """The API did not do it: ``code`` says why for programs, ``problems`` for whoever mends it."""

    def __init__(self, status: int, body: dict[str, Any], *, retry_after: int | None) -> None:
        super().__init__(
            f"{status} {body.get('code', '')}: {body.get('title', 'no answer of ours')}"
        )
        self.status = status
        self.code: str = body.get("code", "")
        self.problems: list[FoundProblem] = body.get("problems", [])
        #: A number to quote to operations.
        self.error_id: str | None = body.get("error_id")
        #: Seconds after which it may be tried again, where the API said so.
        self.retry_after = retry_after

    @property
    def may_pass(self) -> bool:
        """Whether the same call may succeed later: with the same key, nothing is done twice."""
        return self.status in {408, 429, 500, 502, 503, 504}
