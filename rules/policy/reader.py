"""Reads a commented TOML file into frozen dataclasses, or names every error with its line.

The dataclass is the schema: each attribute is a key that must be there, a nested dataclass is a
table, a tuple of dataclasses is an array of tables, nothing else may be there. Only an attribute
that may be None may be absent. Metadata ``minimum`` and ``maximum`` bound a whole number; without
``minimum`` it is 0.
"""

import re
import tomllib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import date
from enum import StrEnum
from types import NoneType, UnionType
from typing import Any, Literal, TypeVar, get_args, get_origin, get_type_hints

from rules.errors import Misconfigured

T = TypeVar("T")

#: Metadata of an attribute that is no key of its table: another table says it.
ELSEWHERE: Mapping[str, Any] = {"elsewhere": True}

_HEADER = re.compile(r"\s*\[\s*([A-Za-z0-9_.-]+)\s*\]")
_ARRAY_HEADER = re.compile(r"\s*\[\[\s*([A-Za-z0-9_.-]+)\s*\]\]")
_KEY = re.compile(r"\s*([A-Za-z0-9_.-]+)\s*=")
_TOML_LINE = re.compile(r"\(at line ([0-9]+)")


@dataclass(frozen=True)
class PolicyError:
    """One thing wrong in the policy file."""

    filename: str
    line: int
    key: str
    message: str

    def __str__(self) -> str:
        return f"{self.filename}:{self.line}: {self.key}: {self.message}"


class PolicyInvalid(Misconfigured):
    """The policy file cannot be used; the message holds every error, one a line."""

    def __init__(self, errors: tuple[PolicyError, ...]) -> None:
        super().__init__("\n".join(str(error) for error in errors))
        self.errors = errors


@dataclass
class PolicyReader:
    """One reading of one file; collects errors while it goes."""

    filename: str
    text: str
    errors: list[PolicyError] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Find the line of every key and table, which `tomllib` does not tell."""
        self._lines = lines_of_keys(self.text)

    def refuse(self, key: str, message: str) -> None:
        """Note an error at the key's line, or at its table's where the key is missing."""
        line = line_of(self._lines, key)
        self.errors.append(PolicyError(self.filename, line, key, message))

    def raise_errors(self) -> None:
        """Raise `PolicyInvalid` with all errors in the order of their lines, if there are any."""
        if self.errors:
            raise PolicyInvalid(tuple(sorted(self.errors, key=lambda error: error.line)))

    def load(self, schema: type[T]) -> T:
        """The whole file as this dataclass; raises `PolicyInvalid`."""
        try:
            document = tomllib.loads(self.text)
        except tomllib.TOMLDecodeError as error:
            at = _TOML_LINE.search(str(error))
            line = int(at[1]) if at else len(self.text.splitlines())
            wrong = PolicyError(self.filename, line, "(the file)", f"this is not TOML: {error}")
            raise PolicyInvalid((wrong,)) from None
        except (RecursionError, ValueError):  # brackets or digits without end
            wrong = PolicyError(self.filename, 1, "(the file)", "this is not TOML")
            raise PolicyInvalid((wrong,)) from None
        values = self._table(schema, document, "")
        self.raise_errors()
        return schema(**values)

    def _table(self, schema: type[Any], table: Mapping[str, Any], path: str) -> dict[str, Any]:
        hints = get_type_hints(schema)
        known = {part.name: part for part in fields(schema) if part.metadata != ELSEWHERE}
        for name in table:
            if name not in known:
                self.refuse(_join(path, name), f"unknown; known here: {', '.join(known)}")
        values: dict[str, Any] = {}
        for name, part in known.items():
            key = _join(path, name)
            if name in table:
                values[name] = self._value(hints[name], table[name], key, part.metadata)
            elif NoneType in get_args(hints[name]):
                values[name] = None
            else:
                self.refuse(key, "missing")
        return values

    def _value(self, kind: Any, value: Any, key: str, bounds: Mapping[str, Any]) -> Any:
        origin = get_origin(kind)
        if is_dataclass(kind) and isinstance(kind, type):
            return self._nested(kind, value, key)
        if origin is UnionType:
            present = next(one for one in get_args(kind) if one is not NoneType)
            return self._value(present, value, key, bounds)
        if origin is tuple:
            return self._list(get_args(kind)[0], value, key)
        if origin is not None and origin is not Literal:
            keys, item = get_args(kind)
            return self._mapping(keys, item, value, key)
        if origin is Literal or issubclass(kind, StrEnum):
            return self._choice(kind, value, key)
        if kind is int:
            return self._whole_number(value, key, bounds)
        # TOML's instant is a date for Python.
        if not isinstance(value, kind) or (kind is date and type(value) is not date):
            word = {
                bool: "true or false",
                str: "a text in quotes",
                date: "a day such as 2027-03-09",
            }[kind]
            self.refuse(key, f"must be {word}")
        return value

    def _nested(self, schema: type[Any], value: Any, key: str) -> Any:
        if not isinstance(value, Mapping):
            self.refuse(key, "must be a table")
            return None
        before = len(self.errors)
        values = self._table(schema, value, key)
        return schema(**values) if len(self.errors) == before else None

    def _list(self, item: Any, value: Any, key: str) -> tuple[Any, ...]:
        if not isinstance(value, list):
            self.refuse(key, "must be a list in brackets")
            return ()
        # Only tables have lines of their own.
        each = "{key}[{index}]" if is_dataclass(item) else "{key}"
        return tuple(
            self._value(item, one, each.format(key=key, index=index), {})
            for index, one in enumerate(value)
        )

    def _mapping(self, keys: type[StrEnum], item: Any, value: Any, key: str) -> dict[Any, Any]:
        if not isinstance(value, Mapping):
            self.refuse(key, "must be a table")
            return {}
        known = {member.value: member for member in keys}
        for name in value.keys() - known.keys():
            self.refuse(_join(key, name), f"unknown; known here: {', '.join(known)}")
        for name in known.keys() - value.keys():
            self.refuse(_join(key, name), "missing")
        return {
            known[name]: self._value(item, one, _join(key, name), {})
            for name, one in value.items()
            if name in known
        }

    def _choice(self, kind: Any, value: Any, key: str) -> Any:
        allowed = get_args(kind) or tuple(member.value for member in kind)
        if value not in allowed or not isinstance(value, str):
            self.refuse(key, f"must be one of: {', '.join(allowed)}")
            return value
        return value if get_args(kind) else kind(value)

    def _whole_number(self, value: Any, key: str, bounds: Mapping[str, Any]) -> Any:
        low, high = bounds.get("minimum", 0), bounds.get("maximum")
        # TOML's true is a bool, and Python's bool is an int.
        if not isinstance(value, int) or isinstance(value, bool):
            self.refuse(key, "must be a whole number")
        elif value < low:
            self.refuse(key, f"must be {low} or more")
        elif high is not None and value > high:
            self.refuse(key, f"must be {high} or less")
        return value


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def line_of(lines: Mapping[str, int], key: str) -> int:
    """The key's line, or its table's where it has none; 1 for a key that stands nowhere."""
    at = key
    while at and at not in lines:
        at = at.rpartition(".")[0]
    return lines.get(at, 1)


def lines_of_keys(text: str) -> dict[str, int]:
    """The line of every key and table of a policy file, which `tomllib` does not tell, from 1."""
    found: dict[str, int] = {}
    table = ""
    arrays: Counter[str] = Counter()
    for number, line in enumerate(text.splitlines(), start=1):
        if array := _ARRAY_HEADER.match(line):
            table = f"{array[1]}[{arrays[array[1]]}]"
            arrays[array[1]] += 1
            found.setdefault(array[1], number)
            found.setdefault(table, number)
        elif header := _HEADER.match(line):
            table = header[1]
            found.setdefault(table, number)
        elif key := _KEY.match(line):
            found.setdefault(_join(table, key[1]), number)
    return found
