"""Errors as a shell shows them: one line each on stderr, and an exit code that says which kind.

With ``--json`` they are one JSON object on stdout instead: code, message, problems.
"""

import json
import re
import sys
from collections.abc import Mapping, Sequence
from enum import IntEnum
from typing import Any

import typer
from typer.core import TyperGroup

from rules.errors import MumarisError, Refused, Unavailable, WrongUsage
from rules.findings.problems import Problem, ValueRefused
from rules.policy.reader import PolicyInvalid

EPILOG = """\b
Exit codes:
  0  done
  1  refused by a rule, or by where the request stands;
     for `status`, `doctor` and `card eligibility`: something needs a hand, or no
  2  wrong usage, or a file that cannot be read
  3  not found: no such request, officer, card or bill
  4  the stack or its database cannot be reached
  5  a fault in this program
"""


#: In the name of a class; a single capital is a word, as in `NotATrackingCode`.
_WORD = re.compile(r"[A-Z][a-z]+|[A-Z](?![a-z])")


class ExitCode(IntEnum):
    """What the shell gets to know; told to people in `EPILOG`."""

    REFUSED = 1
    USAGE = 2
    NOT_FOUND = 3
    UNREACHABLE = 4
    FAULT = 5


class FileUnusable(WrongUsage):
    """A file that was named cannot be read or written."""


class Unreachable(Unavailable):
    """The database cannot be used; the message says what to do."""


class ProblemsFound(Refused):
    """Something is refused; each line says one thing to put right, as does each problem."""

    def __init__(self, lines: Sequence[str], problems: Sequence[Mapping[str, object]] = ()) -> None:
        super().__init__("\n".join(lines))
        self.problems = problems


class MumarisGroup(TyperGroup):
    """The root of the commands: what any of them raises ends as lines and an exit code."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command; with ``--debug`` an error keeps its traceback."""
        as_json = "--json" in ctx.args
        try:
            return super().invoke(ctx)
        except (typer.Exit, typer.Abort, EOFError, BrokenPipeError):
            raise  # Typer's own: endings, and a reader that went away
        except typer.TyperException as error:
            if not as_json:
                raise  # Typer says it, with the command's usage
            _print_json("usage", error.format_message())
            raise typer.Exit(error.exit_code) from None
        except Exception as error:
            if (ctx.obj or {}).get("debug"):
                raise
            code, message = explain(error)
            if as_json:
                _print_json(_name_of(error, code), message, _problems_of(error))
            else:
                typer.echo(message, err=True)
            raise typer.Exit(code) from None


def _print_json(code: str, message: str, problems: Sequence[Mapping[str, object]] = ()) -> None:
    refusal = {"code": code, "message": message, "problems": list(problems)}
    typer.echo(json.dumps(refusal, ensure_ascii=False, indent=2))


def _problems_of(error: Exception) -> Sequence[Mapping[str, object]]:
    """What is to be put right, where the error says it by fields."""
    if isinstance(error, ProblemsFound):
        return error.problems
    if isinstance(error, PolicyInvalid):
        return [
            {
                "field": each.key,
                "code": "policy_invalid",
                "message": each.message,
                "file": each.filename,
                "line": each.line,
            }
            for each in error.errors
        ]
    found = getattr(error, "problems", ())
    return problems_json([each for each in found if isinstance(each, Problem)], language="en")


def _name_of(error: Exception, code: ExitCode) -> str:
    """What programs call the error: ``request_unknown``, ``review_already_decided``."""
    if isinstance(error, ProblemsFound):
        return "refused"
    if isinstance(error, ValueRefused):
        return error.code
    if isinstance(error, MumarisError):
        return name_of_error(error)
    return {ExitCode.USAGE: "file_unusable", ExitCode.UNREACHABLE: "unreachable"}.get(code, "fault")


def name_of_error(error: MumarisError) -> str:
    """The name of an error of ours, as programs read it."""
    return "_".join(_WORD.findall(type(error).__name__)).lower()


def explain(error: Exception) -> tuple[ExitCode, str]:
    """The exit code of an error and its lines, which hold no personal data and no traceback."""
    if isinstance(error, MumarisError):
        return ExitCode(error.command_exit), str(error)
    if isinstance(error, OSError):
        return ExitCode.USAGE, say_os_error(error)
    if wrong := _wrong_settings(error):
        return ExitCode.REFUSED, f"the environment is wrong: {', '.join(wrong)}"
    unreachable = _database_trouble(error)
    if unreachable:
        return ExitCode.UNREACHABLE, unreachable
    # Its own words may hold what somebody typed.
    name = type(error).__name__
    return ExitCode.FAULT, f"a fault in this program ({name}); `mumaris --debug …` shows where"


def say_os_error(error: OSError) -> str:
    """The file, where one is named, and what the system said."""
    reason = error.strerror or type(error).__name__
    return f"{error.filename}: {reason}" if error.filename else reason


def say_problems(problems: Sequence[Problem], *, language: str, place: str = "") -> list[str]:
    """One line each: ``field: sentence (code)``."""
    return [
        f"{place}{found.field}: {found.sentence.in_(language)} ({found.code})" for found in problems
    ]


def problems_json(
    problems: Sequence[Problem], *, language: str, **place: object
) -> list[dict[str, object]]:
    """The same for programs; ``place``, such as a file and its line, is added to each."""
    return [
        {
            "field": str(found.field),
            "code": found.code,
            "message": found.sentence.in_(language),
            **place,
        }
        for found in problems
    ]


def refuse(problems: Sequence[Problem], *, language: str) -> ProblemsFound:
    """What is to be put right, as the error to raise."""
    lines = say_problems(problems, language=language)
    return ProblemsFound(lines, problems_json(problems, language=language))


def refuse_value(refused: ValueRefused, field: str, *, language: str = "en") -> ProblemsFound:
    """A refused value as the error to raise."""
    return refuse([refused.about(field)], language=language)


def _wrong_settings(error: Exception) -> list[str]:
    """The variables that a class of settings does not accept; their values may be secrets.

    What several of them say together is told in our own words, which name them.
    """
    if "pydantic_settings" not in sys.modules:
        return []
    from pydantic import ValidationError

    if not isinstance(error, ValidationError) or not error.title.endswith("Settings"):
        return []
    return [
        _variable(str(found["loc"][0])) if found["loc"] else str(found["ctx"]["error"])
        for found in error.errors(include_input=False)
    ]


def _variable(name: str) -> str:
    return name if name.isupper() else f"MUMARIS_{name.upper()}"


def _database_trouble(error: Exception) -> str | None:
    if "sqlalchemy" not in sys.modules:
        return None
    from models.troubles import Trouble, trouble_of

    found = trouble_of(error)
    if found is None:
        return None
    return {
        Trouble.SCHEMA: "the database schema is out of date: run `mumaris migrate`",
        Trouble.BUSY: "the database is busy: somebody else holds what this needs; try again",
        Trouble.READ_ONLY: "the database takes no writes now: it may be failing over; try again",
        Trouble.AWAY: f"the database cannot be reached: {found.said}",
    }[found.kind]
