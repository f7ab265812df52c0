"""What the document says of one operation, and the codes that any of them may answer with."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

#: Codes that any call may be answered with, by status.
OF_ALL: Mapping[int, tuple[str, ...]] = {
    400: ("malformed",),
    401: ("key_refused",),
    403: ("not_for_this_machine",),
    408: ("too_slow",),
    413: ("too_large",),
    429: ("too_often",),
    500: ("broken",),
    503: ("away",),
}
_OF_BODIES: Mapping[int, tuple[str, ...]] = {
    415: ("not_json",),
    422: ("not_json", "not_an_object", "name_repeated", "submission_too_large", "field_unknown"),
}


@dataclass(frozen=True, kw_only=True)
class Body:
    """What an operation takes."""

    #: Any one of them.
    shapes: tuple[type[Any], ...]
    example: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Operation:
    """One operation: how it is asked for, what it gives, and why it may not."""

    method: str
    path: str
    id: str
    summary: str
    gives: type[Any]
    example: Mapping[str, Any]
    status: int = 200
    body: Body | None = None
    #: Whether it takes a form with a file in the place of JSON.
    takes_file: bool = False
    #: Whether it takes a file of submissions, as it is.
    takes_rows: bool = False
    #: Headers that it needs, each with what it says.
    headers: Mapping[str, str] = field(default_factory=dict)
    #: Parameters of its query, each with its JSON schema.
    query: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    refuses: Mapping[int, tuple[str, ...]] = field(default_factory=dict)

    @property
    def errors(self) -> dict[int, tuple[str, ...]]:
        """Every code that it may be answered with, by status."""
        found = dict(OF_ALL)
        for more in (_OF_BODIES if self.body else {}, self.refuses):
            for status, codes in more.items():
                found[status] = (*found.get(status, ()), *codes)
        return dict(sorted(found.items()))
