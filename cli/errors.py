"""Errors as a shell shows them: one line each on stderr, and an exit code that says which kind."""

import sys
from collections.abc import Sequence
from enum import IntEnum
from typing import Any

import typer
from typer.core import TyperGroup

from rules.bill_number import NotABillNumber
from rules.errors import MumarisError
from rules.money import NotAnAmount
from rules.problems import Problem, ValueRefused
from rules.tracking_code import NotATrackingCode

EPILOG = """\b
Exit codes:
  0  done
  1  refused by a rule, or by where the request stands
  2  wrong usage, or a file that cannot be read
  3  not found: no such request, officer, card or bill
  4  the stack or its database cannot be reached
  5  a fault in this program
"""


class ExitCode(IntEnum):
    """What the shell gets to know; told to people in `EPILOG`."""

    REFUSED = 1
    USAGE = 2
    NOT_FOUND = 3
    UNREACHABLE = 4
    FAULT = 5


class FileUnusable(MumarisError):
    """A file that was named cannot be read or written."""


class Unreachable(MumarisError):
    """The database cannot be used; the message says what to do."""


class ProblemsFound(MumarisError):
    """Something is refused; each line says one thing to put right."""

    def __init__(self, lines: Sequence[str]) -> None:
        super().__init__("\n".join(lines))


class MumarisGroup(TyperGroup):
    """The root of the commands: what any of them raises ends as lines and an exit code."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command; with ``--debug`` an error keeps its traceback."""
        try:
            return super().invoke(ctx)
        except (typer.TyperException, typer.Exit, typer.Abort, EOFError, BrokenPipeError):
            raise  # Typer's own: usage errors, endings, and a reader that went away
        except Exception as error:
            if (ctx.obj or {}).get("debug"):
                raise
            code, message = explain(error)
            typer.echo(message, err=True)
            raise typer.Exit(code) from None


def explain(error: Exception) -> tuple[ExitCode, str]:
    """The exit code of an error and its lines, which hold no personal data and no traceback."""
    if isinstance(error, MumarisError):
        return _code_of(error), str(error)
    if isinstance(error, OSError):
        return ExitCode.USAGE, say_os_error(error)
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
        f"{place}{found.field}: "
        f"{found.sentence_ar if language == 'ar' else found.sentence_en} ({found.code})"
        for found in problems
    ]


def refuse_value(refused: ValueRefused, field: str, *, language: str = "en") -> ProblemsFound:
    """A refused value as the line to show."""
    return ProblemsFound(say_problems([refused.about(field)], language=language))


def _code_of(error: MumarisError) -> ExitCode:
    from models.cards import CardUnknown
    from models.officers import OfficerUnknown
    from models.payments import BillUnknown
    from models.practitioners import PractitionerUnknown
    from models.requests import RequestUnknown
    from models.settings import DatabaseNotConfigured
    from stack.running import RunningFileUnreadable

    unknown = RequestUnknown | OfficerUnknown | PractitionerUnknown | CardUnknown | BillUnknown
    if isinstance(error, unknown):
        return ExitCode.NOT_FOUND
    if isinstance(error, Unreachable | DatabaseNotConfigured | RunningFileUnreadable):
        return ExitCode.UNREACHABLE
    if isinstance(error, FileUnusable | NotATrackingCode | NotABillNumber | NotAnAmount):
        return ExitCode.USAGE
    return ExitCode.REFUSED


def _database_trouble(error: Exception) -> str | None:
    if "sqlalchemy" not in sys.modules:
        return None
    import psycopg
    from psycopg.errors import UndefinedColumn, UndefinedTable
    from sqlalchemy.exc import DBAPIError

    # What SQLAlchemy says holds the statement's values; what the driver says does not.
    cause = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(cause, UndefinedTable | UndefinedColumn):
        return "the database has not the tables of this version: run `mumaris migrate`"
    if isinstance(cause, psycopg.OperationalError | psycopg.InterfaceError):
        first_line = (str(cause).splitlines() or [type(cause).__name__])[0]
        return f"the database cannot be reached: {first_line}"
    return None
