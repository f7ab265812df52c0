"""Reading the FILE of a submission: hostile until the desk has accepted it."""

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cli.errors import FileUnusable, ProblemsFound, problems_json, say_os_error, say_problems
from desk.kinds.reading import SubmissionRefused, read_json

STDIN = "-"


def read_submission(file: str, *, most_bytes: int, language: str) -> Mapping[str, Any]:
    """The JSON object in the file, or in standard input for ``-``.

    Reads at most one byte more than is allowed. Raises `FileUnusable`, and `ProblemsFound` where
    it is not a JSON object, with line and column where JSON breaks.
    """
    data = _read(file, most_bytes + 1)
    try:
        return read_json(data, most_bytes=most_bytes)
    except SubmissionRefused as refused:
        lines = say_problems(refused.problems, language=language)
        places = [_place_of_break(line, data) for line in lines]
        found = problems_json(refused.problems, language=language)
        for each, place in zip(found, places, strict=True):
            each["message"] = f"{each['message']} ({place.strip()})" if place else each["message"]
        raise ProblemsFound(
            [line + place for line, place in zip(lines, places, strict=True)], found
        ) from None


def _read(file: str, most: int) -> bytes:
    try:
        if file == STDIN:
            return sys.stdin.buffer.read(most)
        with Path(file).open("rb") as stream:
            return stream.read(most)
    except (OSError, ValueError) as error:  # a path with a NUL in it is a ValueError
        reason = say_os_error(error) if isinstance(error, OSError) else f"{file!r}: not a path"
        raise FileUnusable(reason) from None


def _place_of_break(line: str, data: bytes) -> str:
    if not line.endswith("(not_json)"):
        return ""
    try:
        json.loads(data)
    except json.JSONDecodeError as error:
        return f" at line {error.lineno}, column {error.colno}"
    except UnicodeDecodeError as error:
        return f" at byte {error.start}"
    except (ValueError, RecursionError):  # numbers or nesting without end: no place to name
        return ""
    return ""
