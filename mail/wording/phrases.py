"""The filters of the templates: values as a language and a form (HTML or plain text) say them."""

import re
import textwrap
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

from markupsafe import Markup, escape

from mail.wording.bidi import Direction, clean, isolate_html, isolate_text, one_line
from mail.wording.dates import say_day, say_instant
from mail.wording.languages import Language, say_kind
from mail.wording.plurals import (
    CHARACTERS,
    DAYS,
    HOURS,
    MINUTES,
    POINTS,
    SECONDS,
    YEARS,
    say_count,
)
from mail.wording.wrapping import WIDTH
from rules.register.fields import label_of

Form = Literal["html", "txt"]
_INDENT = "  "
#: A date or a telephone number as people type it. After an Arabic letter its parts would be shown
#: in the opposite order: 2025-10-01 as 01-10-2025 (UAX #9, W2 and W4).
_HYPHENED = re.compile(r"(\+?\d+(?:[-+]\d+)+)")


def phrases(form: Form, language: Language) -> Mapping[str, Callable[..., Any]]:
    """The filters by name.

    ``isolate`` (a name or other foreign text), ``ltr`` (a code, number or address), ``day``,
    ``instant``, ``money``, ``note`` (somebody's lines), ``kind``, ``label`` (a field's path),
    ``hours``, ``days``, ``years``, ``points``, ``seconds``, ``minutes``, ``characters``.
    """
    return {
        "kind": lambda kind: say_kind(kind, language),
        "label": lambda path: label_of(path, language),
        "hours": lambda count: say_count(_number(count), HOURS, language),
        "days": lambda count: say_count(count, DAYS, language),
        "years": lambda count: say_count(count, YEARS, language),
        "points": lambda count: say_count(count, POINTS, language),
        "seconds": lambda count: say_count(count, SECONDS, language),
        "minutes": lambda count: say_count(count, MINUTES, language),
        "characters": lambda count: say_count(count, CHARACTERS, language),
        **(_in_html(language) if form == "html" else _in_text(language)),
    }


def _in_html(language: Language) -> Mapping[str, Callable[..., Any]]:
    own = Direction(language.direction)

    def said(words: str) -> Markup:
        return Markup('<bdi dir="{}">{}</bdi>').format(own.value, words)

    def day(value: date) -> Markup:
        return said(say_day(value, language, mark=_unbroken))

    def instant(value: datetime) -> Markup:
        return said(say_instant(value, language, mark=_unbroken))

    return {
        "isolate": isolate_html,
        "ltr": lambda value: isolate_html(value, Direction.LTR),
        "day": day,
        "instant": instant,
        "money": lambda amount: isolate_html(amount.formatted(language.value), own),
        "note": _note_html,
    }


def _in_text(language: Language) -> Mapping[str, Callable[..., Any]]:
    own = Direction(language.direction)

    def mark(piece: str) -> str:
        # Inside text of its own direction an isolate does nothing but travel along when copied.
        return isolate_text(piece, own) if own is Direction.RTL else piece

    def ltr(value: object) -> str:
        return isolate_text(value, Direction.LTR) if own is Direction.RTL else one_line(value)

    return {
        "isolate": isolate_text,
        "ltr": ltr,
        "day": lambda value: say_day(value, language, mark=mark),
        "instant": lambda value: say_instant(value, language, mark=mark),
        "money": lambda amount: mark(amount.formatted(language.value)),
        "note": _note_text,
    }


def _unbroken(piece: str) -> str:
    """A day in one line: ``18`` at the end of one and ``March`` in the next are hard to read."""
    return piece.replace(" ", "\u00a0")


def _note_html(note: str) -> Markup:
    return Markup("<br>").join(
        Markup('<bdi dir="auto">{}</bdi>').format(
            Markup().join(
                isolate_html(piece, Direction.LTR) if is_number else escape(piece)
                for is_number, piece in _pieces(line)
            )
        )
        for line in _lines(note)
    )


def _note_text(note: str) -> str:
    # Wrapped before it is isolated: an isolate cannot go on in the next line.
    lines = [part for line in _lines(note) for part in textwrap.wrap(line, WIDTH - len(_INDENT))]
    return "\n".join(f"{_INDENT}\u2068{_marked(line)}\u2069" for line in lines)


def _marked(line: str) -> str:
    return "".join(
        isolate_text(piece, Direction.LTR) if is_number else piece
        for is_number, piece in _pieces(line)
    )


def _lines(note: str) -> list[str]:
    return [line for line in map(one_line, clean(note).split("\n")) if line]


def _pieces(line: str) -> Iterator[tuple[bool, str]]:
    """The line in turns: text and hyphenated numbers, beginning with text."""
    for position, piece in enumerate(_HYPHENED.split(line)):
        yield position % 2 == 1, piece


def _number(count: Decimal | str) -> Decimal:
    return Decimal(count)
