"""Reading a submission that a person or a program handed in: hostile until it has its shape."""

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any, NoReturn, TypeVar

from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from rules.errors import Refused
from rules.findings.problems import Problem, problem
from rules.requests.frame import Framed
from rules.values.sizes import Size

T = TypeVar("T")

#: A member's name that may be repeated to whoever typed it.
_HARMLESS_NAME = re.compile(r"[A-Za-z0-9_.\-\[\]]{1,80}")
#: More problems than this are not listed: nobody reads them, and they may be an attack.
MOST_PROBLEMS = 50


class SubmissionRefused(Refused):
    """The submission cannot be accepted; ``problems`` says all of what is to be put right."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(
            "; ".join(f"{found.field}: {found.sentence.en}" for found in self.problems)
        )


def read_json(data: bytes, *, most_bytes: int) -> Mapping[str, Any]:
    """The JSON object in these bytes; raises `SubmissionRefused` if it is none or too big.

    A name that an object has twice is refused too: which of the values is meant, nobody can know.
    """
    if len(data) > most_bytes:
        limit = Size(most_bytes)
        raise SubmissionRefused([problem("submission_too_large", "submission", limit=limit)])
    repeated: list[str] = []
    try:
        document = json.loads(
            data, object_pairs_hook=partial(_members, repeated), parse_constant=_no_number
        )
    except (ValueError, RecursionError):  # not JSON, not UTF-8, numbers or nesting without end
        raise SubmissionRefused([problem("not_json", "submission")]) from None
    if repeated:
        names = dict.fromkeys(map(_harmless, repeated))
        found = [problem("name_repeated", name) for name in names]
        raise SubmissionRefused(found[:MOST_PROBLEMS])
    if not isinstance(document, dict):
        raise SubmissionRefused([problem("not_an_object", "submission")])
    return document


def _no_number(name: str) -> NoReturn:
    """Python reads NaN and Infinity, which JSON does not have."""
    raise ValueError(name)


def _members(repeated: list[str], pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) < len(pairs):
        counts = Counter(name for name, _ in pairs)
        repeated += [name for name, count in counts.items() if count > 1]
    return members


def _harmless(name: str) -> str:
    return name if _HARMLESS_NAME.fullmatch(name) else "submission"


def shaped(adapter: TypeAdapter[T], submission: Mapping[str, Any] | Framed) -> T:
    """What was handed in, as the adapter's type; raises `SubmissionRefused` with every misfit."""
    try:
        return adapter.validate_python(submission)
    except ValidationError as misfit:
        raise SubmissionRefused(
            [_misfit(error) for error in misfit.errors(include_url=False)[:MOST_PROBLEMS]]
        ) from None
    except (ValueError, RecursionError):
        raise SubmissionRefused([problem("not_an_object", "submission")]) from None


_CODES = {
    "missing": "field_missing",
    "extra_forbidden": "field_unknown",
    "unexpected_keyword_argument": "field_unknown",
    "string_too_long": "too_long",
}


#: A text there that nothing can have as its id, such as one of 10,000 characters, is unknown.
_UPLOAD = re.compile(r"documents\.[0-9]+\.id")


def _misfit(error: ErrorDetails) -> Problem:
    field = _harmless(".".join(str(part) for part in error["loc"]) or "submission")
    if _UPLOAD.fullmatch(field) and isinstance(error["input"], str):
        return problem("document_unknown", field)
    code = _CODES.get(error["type"], "wrong_type")
    if code == "too_long":
        return problem(code, field, limit=int(error.get("ctx", {}).get("max_length", 0)))
    return problem(code, field)
