"""What a comparison of two policies shows: tables for people, one object for programs."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

import typer

from cli.show.output import show_rows, words
from desk.comparing.policies import ComparedPolicies
from rules.policy.keys import KeyChange, Value
from rules.policy.terms import Difference, Tally
from rules.policy.thresholds import Topic, said_threshold

#: Of one rule, differences that are listed; amounts and hours may have many.
_MOST_OF_A_RULE = 8


def show_keys(keys: Sequence[KeyChange]) -> None:
    """The keys that differ; nothing where none does."""
    titles = ("line", "key", "in force", "proposed")
    rows = [
        (
            str(each.line),
            each.key,
            _value(each.in_force, is_assumed=each.was_assumed),
            _value(each.proposed, is_assumed=each.is_assumed),
        )
        for each in keys
    ]
    show_rows("Keys that differ", titles, rows)


def show_compared(found: ComparedPolicies, *, days: int) -> None:
    """How many requests, cards and reminders would be treated differently, by rule."""
    requests = found.requests
    for kind, tally in requests.by_kind.items():
        what = f"Requests ({words(kind)}) that are not approved yet"
        _show_tally(what, tally, has_examples=bool(_any_examples(tally)))
    if requests.approved:
        typer.echo(f"Approved already: {requests.approved}. What they were approved for stays.")
    if requests.with_fixed_day:
        typer.echo(
            f"With a day on which they are due or close: {requests.with_fixed_day}. It stays."
        )
    _show_tally(f"Cards that expire within {days} days", found.cards, has_examples=False)
    for topic, letters in found.reminders.items():
        rows = [
            (
                said_threshold(topic, each.threshold),
                _count(each.in_force),
                _count(each.proposed),
                f"{each.difference:+}" if each.difference else "0",
            )
            for each in letters
        ]
        titles = ("threshold", "in force", "proposed", "difference")
        show_rows(f"Reminders about the {topic} within {days} days, at most", titles, rows)


def compared_json(
    keys: Sequence[KeyChange], found: ComparedPolicies | None, *, days: int
) -> dict[str, Any]:
    """The same for programs; without ``found`` no value differs, and nothing was looked at."""
    said: dict[str, Any] = {"keys": list(map(asdict, keys)), "days": days}
    if found is None:
        return {**said, "requests": None, "cards": None, "reminders": None}
    requests = found.requests
    return {
        **said,
        "requests": {
            "by_kind": {kind: _tally_json(each) for kind, each in requests.by_kind.items()},
            "approved": requests.approved,
            "with_fixed_day": requests.with_fixed_day,
        },
        "cards": _tally_json(found.cards),
        "reminders": _reminders_json(found),
    }


def _show_tally(what: str, tally: Tally, *, has_examples: bool) -> None:
    typer.echo()
    seen, differ = tally.looked_at, tally.differ
    typer.echo(f"{what}: {seen:,} looked at, {differ:,} would be treated differently.")
    titles = ("rule", "in force", "proposed", "how many", *(("such as",) if has_examples else ()))
    rows = [
        (
            words(each.rule),
            each.in_force or "",
            each.proposed or "",
            str(number),
            *((" ".join(tally.examples[each]),) if has_examples else ()),
        )
        for each, number in _shown(tally)
    ]
    show_rows("By rule", titles, rows)


def _shown(tally: Tally) -> Iterator[tuple[Difference, int]]:
    """By rule, the most frequent first; the rest of a rule as one line."""
    for rule in sorted({each.rule for each in tally.by}):
        of_rule = [(each, number) for each, number in _sorted(tally) if each.rule == rule]
        yield from of_rule[:_MOST_OF_A_RULE]
        if rest := of_rule[_MOST_OF_A_RULE:]:
            number = sum(number for _, number in rest)
            yield Difference(rule, f"{len(rest)} other", "differences"), number


def _sorted(tally: Tally) -> list[tuple[Difference, int]]:
    return sorted(
        tally.by.items(),
        key=lambda item: (
            item[0].rule,
            -item[1],
            item[0].in_force or "",
            item[0].proposed or "",
        ),
    )


def _any_examples(tally: Tally) -> list[str]:
    return [name for names in tally.examples.values() for name in names]


def _tally_json(tally: Tally) -> dict[str, Any]:
    return {
        "looked_at": tally.looked_at,
        "differ": tally.differ,
        "by_rule": [
            {**asdict(each), "number": number, "examples": tally.examples.get(each, [])}
            for each, number in _sorted(tally)
        ],
    }


def _reminders_json(found: ComparedPolicies) -> Mapping[Topic, list[dict[str, Any]]]:
    return {
        topic: [
            {
                "days_left": each.threshold,
                "in_force": each.in_force,
                "proposed": each.proposed,
                "difference": each.difference,
            }
            for each in letters
        ]
        for topic, letters in found.reminders.items()
    }


def _count(number: int | None) -> str:
    return "" if number is None else str(number)


def _value(value: Value | None, *, is_assumed: bool) -> str:
    if value is None:
        return "none"
    return json.dumps(value, ensure_ascii=False) + (", assumed" if is_assumed else "")
