"""The keys of a policy with their values, and which of them another policy has otherwise."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from typing import Any

from rules.policy.assumed import assumed_in
from rules.policy.policy import Policy
from rules.policy.reader import ELSEWHERE, line_of, lines_of_keys

#: As JSON and TOML write it.
Value = bool | int | str | tuple[str | int, ...]


@dataclass(frozen=True)
class StatedPolicy:
    """A policy, and the text that states it."""

    policy: Policy
    text: str


@dataclass(frozen=True, kw_only=True)
class KeyChange:
    """A key that two policies have otherwise; None where one of them has no such key."""

    key: str
    in_force: Value | None
    proposed: Value | None
    #: Where the proposed file has it, or the table that lacks it.
    line: int
    #: Whether each file says on the key's line that the value is assumed.
    was_assumed: bool
    is_assumed: bool


def keys_of(policy: Policy) -> dict[str, Value]:
    """Every key that the policy states, in the order of its classes, such as ``drafts.kept_days``.

    A table of a list has its place in brackets: ``renewal.fees.rates[0].minor_units_a_year``.
    """
    return dict(_flat("", policy))


def changed_keys(in_force: StatedPolicy, proposed: StatedPolicy) -> tuple[KeyChange, ...]:
    """The keys whose value, or whose word "assumed", differs, in the order of the proposed file."""
    before, after = keys_of(in_force.policy), keys_of(proposed.policy)
    was, is_ = _assumed(in_force.text), _assumed(proposed.text)
    lines = lines_of_keys(proposed.text)
    changes = [
        KeyChange(
            key=key,
            in_force=before.get(key),
            proposed=after.get(key),
            line=line_of(lines, key),
            was_assumed=_has(was, key),
            is_assumed=_has(is_, key),
        )
        for key in dict.fromkeys((*after, *before))
        if before.get(key) != after.get(key) or _has(was, key) != _has(is_, key)
    ]
    return tuple(sorted(changes, key=lambda change: change.line))


def _flat(path: str, value: Any) -> Iterator[tuple[str, Value]]:
    if is_dataclass(value):
        named: Mapping[str, Any] = {
            part.name: getattr(value, part.name)
            for part in fields(value)
            if part.metadata != ELSEWHERE
        }
        for name, each in named.items():
            yield from _flat(f"{path}.{name}" if path else name, each)
    elif isinstance(value, Mapping):
        for name, each in value.items():
            yield from _flat(f"{path}.{name}", each)
    elif isinstance(value, tuple) and any(map(is_dataclass, value)):
        for place, each in enumerate(value):
            yield from _flat(f"{path}[{place}]", each)
    elif value is not None:
        yield path, _plain(value)


def _plain(value: Any) -> Value:
    if isinstance(value, tuple):
        return tuple(map(_plain, value))  # type: ignore[arg-type]
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, str) else value


def _assumed(text: str) -> tuple[Mapping[str, int], frozenset[int]]:
    return lines_of_keys(text), frozenset(assumed_in(text))


def _has(assumed: tuple[Mapping[str, int], frozenset[int]], key: str) -> bool:
    lines, marked = assumed
    return lines.get(key) in marked
