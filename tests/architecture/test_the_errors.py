"""Every error of ours stands under one branch of the tree, and reads as one line."""

import importlib
import inspect
import json
import pkgutil
import re
import tomllib
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Any

import pytest
import typer
from jinja2 import TemplateError
from typer.testing import CliRunner

from cli.errors import EPILOG, ExitCode, MumarisGroup, ProblemsFound, explain
from desk.documents.faults import UploadRefused
from desk.kinds.reading import SubmissionRefused
from desk.register.csv_file import LineProblem
from desk.register.files import RegisterRefused
from desk.register.loading import LoadReport
from desk.requests.accepting import IdempotencyKeyReused
from desk.requests.second_look import NotApprovable
from mail.facts.stored import FactsMalformed
from models.constraints import AlreadyTaken
from rules import errors
from rules.accounts.address_changes import Objection
from rules.documents.states import DocumentState
from rules.errors import MumarisError
from rules.findings.problems import ValueRefused, problem
from rules.policy.reader import PolicyError, PolicyInvalid
from rules.requests.statuses import ActorKind, Kind, Status
from rules.requests.verdicts import Verdict
from rules.values.money import Money
from stack.processes import ChildDied, ChildNotReady
from tasks.steps.official_register import RegisterUnreachable

ROOT = Path(__file__).resolve().parents[2]
#: All of ours: a new one is named there, or no arrow holds for it.
PACKAGES: list[str] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"][
    "importlinter"
]["root_packages"]
BRANCHES = MumarisError.__subclasses__()
#: They say which field is to blame.
WITH_FIELDS = {AlreadyTaken, IdempotencyKeyReused, NotApprovable, SubmissionRefused, UploadRefused}
#: They say several things, one a line: all problems at once, or the end of a log.
SEVERAL_LINES = {PolicyInvalid, RegisterRefused, ProblemsFound, ChildDied, ChildNotReady}
BY_HAND: Mapping[type[MumarisError], MumarisError] = {
    FactsMalformed: FactsMalformed("received", ["tracking_code: missing"]),
    ProblemsFound: ProblemsFound(["mobile: this field is empty (empty)"]),
    RegisterRefused: RegisterRefused([LineProblem("register.csv", 2, problem("empty", "mobile"))]),
    ValueRefused: ValueRefused("too_long", limit=5),
}
#: A value for each parameter of a constructor: by its name, else by its type.
BY_NAME: dict[str, Any] = {
    "tracking_code": "K7Q2-M9XD",
    "code": "empty",
    "constraint": "officers_pkey",
    "problems": [problem("empty", "mobile")],
    "owners": {"20150099": "20150001"},
    "errors": (PolicyError("policy.toml", 7, "review.days", "is not a number"),),
    "fault": TemplateError("no such template"),
    "report": LoadReport(),
}
BY_TYPE: dict[Any, Any] = {
    str: "amal",
    str | None: "0012",
    int: 3,
    int | None: 15,
    float: 1.5,
    date: date(2026, 11, 23),
    datetime: datetime(2026, 11, 23, 9, 30, tzinfo=UTC),
    Kind: Kind.REGISTRATION,
    Status: Status.RETURNED,
    DocumentState: DocumentState.CLEAN,
    Verdict: Verdict.RETURN,
    ActorKind: ActorKind.OFFICER,
    Objection: Objection.NO_ROLE,
    Money: Money(24_000, "SAR"),
    Path: Path("/var/lib/mumaris"),
}


def every_error() -> Iterator[type[MumarisError]]:
    """All classes under the root, wherever they stand."""
    for package in map(importlib.import_module, PACKAGES):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not module.name.endswith("__main__"):
                importlib.import_module(module.name)
    yield from under(MumarisError)


def under(error: type[MumarisError]) -> Iterator[type[MumarisError]]:
    """Its subclasses, and theirs, of our packages: tests may have some of their own."""
    for each in error.__subclasses__():
        if each.__module__.partition(".")[0] in PACKAGES:
            yield each
            yield from under(each)


ERRORS = sorted(
    (each for each in every_error() if each not in BRANCHES), key=lambda error: error.__name__
)


def made(error: type[MumarisError]) -> MumarisError:
    """One of them, with a value for each fact."""
    if error in BY_HAND:
        return BY_HAND[error]
    parameters = inspect.signature(error).parameters.values()
    needed = [each for each in parameters if each.default is each.empty]
    return error(*map(value_for, needed))


def value_for(parameter: inspect.Parameter) -> Any:
    if parameter.annotation is Exception:
        return raised()
    if parameter.name in BY_NAME:
        return BY_NAME[parameter.name]
    if parameter.annotation in BY_TYPE:
        return BY_TYPE[parameter.annotation]
    return ["20150001", "20150002"]


def raised() -> Exception:
    """An error that has been raised, as it has a place in the code."""
    with pytest.raises(ValueError, match="amal") as met:
        int("amal")
    return met.value


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: error.__name__)
def test_an_error_stands_under_one_branch(error: type[MumarisError]) -> None:
    """And it takes the branch's ends as they are."""
    (branch,) = [each for each in BRANCHES if issubclass(error, each)]

    assert (error.command_exit, error.page_status) == (branch.command_exit, branch.page_status)


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: error.__name__)
def test_an_error_reads_as_one_line(error: type[MumarisError]) -> None:
    """A sentence without capital and full stop, unless it begins with a name or says what to do."""
    said = str(made(error))

    assert said.strip() == said
    assert len(said) > 15
    assert not re.search(r"[{}]|<class|None|  ", said)
    assert "\n" not in said or error in SEVERAL_LINES


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: error.__name__)
def test_an_error_is_told_by_the_command_as_its_branch_says(error: type[MumarisError]) -> None:
    """No list by hand stands between."""
    given = made(error)

    assert explain(given) == (ExitCode(error.command_exit), str(given))


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: error.__name__)
def test_an_error_is_one_json_object_for_programs(error: type[MumarisError]) -> None:
    """With the fields to blame, where it knows them."""
    given = made(error)
    app = typer.Typer(cls=MumarisGroup)

    @app.callback()
    def commands() -> None: ...

    @app.command()
    def fail(*, as_json: Annotated[bool, typer.Option("--json")]) -> None:
        raise given

    ended = CliRunner().invoke(app, ["fail", "--json"])

    told = json.loads(ended.stdout)
    assert (ended.exit_code, told["message"]) == (error.command_exit, str(given))
    assert all({"field", "code", "message"} <= each.keys() for each in told["problems"])
    assert told["problems"] or error not in WITH_FIELDS


def test_the_tree_is_drawn_as_it_is() -> None:
    """At the top of `rules.errors`: every class, under its branch, with the branch's two ends."""
    drawn = drawing()

    assert drawn == {
        (branch.__name__, branch.command_exit, branch.page_status): sorted(
            error.__name__ for error in ERRORS if issubclass(error, branch)
        )
        for branch in BRANCHES
    }


def drawing() -> Mapping[tuple[str, int, int], list[str]]:
    found: dict[tuple[str, int, int], list[str]] = {}
    names: list[str] = []
    for line in (errors.__doc__ or "").splitlines():
        if branch := re.fullmatch(r" +[├└]── (\w+) +(\d) +(\d{3})", line):
            names = found[(branch[1], int(branch[2]), int(branch[3]))] = []
        elif line.startswith(("    │", "      ")):
            names += re.findall(r"\w+", line)
    return found


def test_the_exit_codes_of_the_branches_are_those_that_help_tells() -> None:
    """No branch ends with a code that nobody was told of."""
    told = {int(code) for code in re.findall(r"^  (\d)  ", EPILOG, re.MULTILINE)}

    assert {branch.command_exit for branch in BRANCHES} == set(ExitCode) == told - {0}


def test_every_error_is_raised_somewhere() -> None:
    """A class that nothing raises says nothing; one is for registers that others write."""
    paths = [path for package in PACKAGES for path in (ROOT / package).rglob("*.py")]
    sources = "".join(path.read_text("utf-8") for path in paths)
    # Of many at once each refusal is a value, so an error may be made where nothing is raised.
    raised_by_us = set(re.findall(r"\braise (\w+)|(?<!class )\b([A-Z]\w+)\(", sources))
    raised_by_us = {name for pair in raised_by_us for name in pair}

    assert [error for error in ERRORS if error.__name__ not in raised_by_us] == [
        RegisterUnreachable
    ]
