"""What the command says when something is wrong: one line, an exit code, no traceback."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

import psycopg
import pytest
import typer
from psycopg.errors import LockNotAvailable, ReadOnlySqlTransaction
from pydantic import ValidationError
from sqlalchemy.exc import DBAPIError, IntegrityError

from cli.errors import ExitCode, explain
from cli.main import app
from mail.settings import MailSettings
from rules.findings.catalogue import CATALOGUE
from stack.postgres import EmbeddedPostgres
from support.people import NOURA, contact_change
from support.shell import mumaris

MUMARIS = Path(sys.executable).with_name("mumaris")
#: They run until they are stopped, or write files; they have nothing to tell a program.
WITHOUT_JSON = {"up", "demo", "caretaker", "migrate", "deploy", "letters preview"}


def commands(group: Any = None, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every command with the words that start it."""
    group = group or typer.main.get_command(app)
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from commands(command, f"{path}{name} ")
        else:
            yield f"{path}{name}", command


def options_of(command: Any) -> set[str]:
    """The options of a command, as they are typed."""
    return {name for parameter in command.params for name in parameter.opts}


def shell(
    *arguments: str, stdin: bytes = b"", **environment: str
) -> "subprocess.CompletedProcess[str]":
    """Run the installed command in a process of its own."""
    done = subprocess.run(
        [MUMARIS, *arguments],
        input=stdin,
        capture_output=True,
        env={**os.environ, **environment},
        timeout=60,
        check=False,
    )
    return subprocess.CompletedProcess(
        done.args, done.returncode, done.stdout.decode(), done.stderr.decode()
    )


@pytest.mark.usefixtures("people")
def test_an_installed_command_lists_requests() -> None:
    """Through the entry point, as people start it."""
    listed = shell("request", "list")

    assert (listed.returncode, listed.stderr) == (0, "")
    assert listed.stdout.split()[:3] == ["CODE", "KIND", "STATUS"]


def test_help_tells_the_exit_codes_and_imports_nothing_heavy() -> None:
    """`mumaris --help` is typed often; Prefect and SQLAlchemy take seconds."""
    code = (
        "import sys; from typer.testing import CliRunner; from cli.main import app\n"
        "result = CliRunner().invoke(app, ['request', 'decide', '--help'])\n"
        "print(result.exit_code, sorted({'prefect', 'sqlalchemy', 'rich'} "
        "& set(sys.modules)))"
    )

    heavy = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    helped = shell("--help")

    assert heavy.stdout == "0 []\n"
    assert "4  the stack or its database cannot be reached" in helped.stdout


def test_no_database_is_one_line_that_says_what_to_do(tmp_path: Path) -> None:
    """Neither DATABASE_URL nor a running stack: exit code 4."""
    listed = shell("request", "list", DATABASE_URL="", MUMARIS_HOME=str(tmp_path))

    assert (listed.returncode, listed.stdout) == (4, "")
    assert listed.stderr == (
        f"no database is named and no local stack is running in {tmp_path}: "
        "run `mumaris up`, or set DATABASE_URL\n"
    )


@pytest.mark.parametrize(
    "address",
    [
        "postgresql://user:s3cret@127.0.0.1:1/mumaris",
        "postgresql://user:s3cret@localhost:port/mumaris",
        "mysql://user:s3cret@localhost/mumaris",
        "nonsense",
    ],
)
def test_a_database_that_cannot_be_reached_is_one_line(address: str) -> None:
    """Exit code 4; the password stays out of it."""
    listed = shell("request", "list", DATABASE_URL=address)

    assert (listed.returncode, listed.stdout) == (4, "")
    assert len(listed.stderr.splitlines()) == 1
    assert "s3cret" not in listed.stderr


async def test_missing_tables_say_to_migrate(
    postgres: EmbeddedPostgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A database that was never migrated."""
    postgres.create_database("empty")
    monkeypatch.setenv("DATABASE_URL", postgres.url("empty"))

    listed = await mumaris("request", "list")

    assert listed.exit_code == 4
    assert listed.stderr.endswith("run `mumaris migrate`\n")


@pytest.mark.parametrize(
    ("document", "said"),
    [
        pytest.param(b"", "(not_json) at line 1, column 1", id="empty"),
        pytest.param(b'{"a": 1,\n  b}', "(not_json) at line 2, column 3", id="broken"),
        pytest.param(b"\x7fELF\x02\x01\xff\xfe", "(not_json)", id="binary"),
        pytest.param(b"[" * 100_000, "(not_json)", id="deep"),
        pytest.param(b'"text"', "(not_an_object)", id="not an object"),
        pytest.param(b" " * 10_000_000, "(submission_too_large)", id="10 MB"),
    ],
)
def test_hostile_input_is_one_line(document: bytes, said: str) -> None:
    """Refused with the place where JSON breaks, before any database is asked."""
    refused = shell("request", "submit", "-", stdin=document, DATABASE_URL="")

    assert (refused.returncode, refused.stdout) == (1, "")
    assert len(refused.stderr.splitlines()) == 1
    assert said in refused.stderr


@pytest.mark.parametrize(
    ("arguments", "code", "exit_code"),
    [
        pytest.param(("show", "ABCD-1234"), "unreachable", 4, id="unreachable"),
        pytest.param(("show", "x"), "not_a_tracking_code", 2, id="not a code"),
        pytest.param(("show",), "usage", 2, id="argument missing"),
        pytest.param(("submit", "/no/such/file"), "file_unusable", 2, id="no file"),
        pytest.param(("withdraw", "ABCD-1234"), "not_confirmed", 2, id="not confirmed"),
    ],
)
def test_a_refusal_is_one_json_object_for_programs(
    tmp_path: Path, arguments: tuple[str, ...], code: str, exit_code: int
) -> None:
    """On stdout, with the exit code that people get; stderr stays empty."""
    refused = shell("request", *arguments, "--json", DATABASE_URL="", MUMARIS_HOME=str(tmp_path))

    answer = json.loads(refused.stdout)
    assert (refused.returncode, refused.stderr) == (exit_code, "")
    assert (answer["code"], answer["problems"]) == (code, [])
    assert answer["message"]


@pytest.mark.usefixtures("people")
def test_problems_are_told_to_programs_by_field_and_code() -> None:
    """All of them at once, with the sentence that people read, in the language asked for."""
    wrong = contact_change(changes={"mobile": "12", "email": "nobody"})

    refused = shell("request", "submit", "-", "--json", stdin=json.dumps(wrong).encode())
    arabic = shell(
        "request", "submit", "-", "--json", "--lang", "ar", stdin=json.dumps(wrong).encode()
    )

    problems = json.loads(refused.stdout)["problems"]
    assert refused.returncode == 1
    assert [(found["field"], found["code"]) for found in problems] == [
        ("mobile", "mobile_form"),
        ("email", "email_form"),
    ]
    assert [found["message"] for found in problems] == [
        CATALOGUE["mobile_form"][1],
        CATALOGUE["email_form"][1],
    ]
    assert json.loads(arabic.stdout)["problems"][0]["message"] == CATALOGUE["mobile_form"][0]


def test_every_command_that_works_on_data_takes_json() -> None:
    """A program never has to read a table or a sentence."""
    without = {path for path, command in commands() if "--json" not in options_of(command)}

    assert without == WITHOUT_JSON


def test_every_command_says_what_it_does_in_a_sentence() -> None:
    """A capital, a full stop, short enough for the list of commands; then an example."""
    short = {path: (command.help or "").partition("\n")[0] for path, command in commands()}

    without_example = {
        path for path, command in commands() if f"mumaris {path}" not in (command.help or "")
    }
    assert without_example == set()
    assert [path for path, said in short.items() if not re.fullmatch(r"[A-Z].{8,60}\.", said)] == []


def test_the_version_is_the_package_s() -> None:
    """As in `pyproject.toml`."""
    assert shell("--version").stdout == f"mumaris {version('mumaris')}\n"


@pytest.mark.parametrize("file", ["/no/such/file.json", "/", "/dev/null/x"])
def test_a_file_that_cannot_be_read_is_one_line(file: str) -> None:
    """Exit code 2, with the name of the file."""
    refused = shell("request", "submit", file)

    assert refused.returncode == 2
    assert refused.stderr.startswith(f"{file}: ")
    assert len(refused.stderr.splitlines()) == 1


def test_a_fault_shows_its_kind_and_no_personal_data() -> None:
    """SQLAlchemy's own words hold the values of the statement."""
    fault = IntegrityError("INSERT …", {"email": NOURA["email"]}, Exception(NOURA["email"]))

    code, line = explain(fault)

    assert code is ExitCode.FAULT
    assert line == "a fault in this program (IntegrityError); `mumaris --debug …` shows where"


async def test_debug_keeps_the_traceback(tmp_path: Path) -> None:
    """For whoever repairs the program."""
    quiet = await mumaris("register", "load", "--officers", str(tmp_path))
    loud = await mumaris("--debug", "register", "load", "--officers", str(tmp_path))

    assert quiet.exit_code == 2
    assert isinstance(loud.exception, IsADirectoryError)


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        ("mumaris request list --status re", ["returned", "rejected"]),
        (
            "mumaris request decide X --reason docu",
            [
                "document_missing",
                "document_not_accepted",
                "documents_not_authentic",
            ],
        ),
        ("mumaris request decide X --field mo", ["mobile"]),
    ],
)
def test_values_are_completed_in_the_shell(words: str, offered: list[str]) -> None:
    """Statuses, reasons and fields."""
    completed = shell(
        _MUMARIS_COMPLETE="complete_bash",
        COMP_WORDS=words,
        COMP_CWORD=str(len(words.split()) - 1),
    )

    assert completed.stdout.split() == offered


@pytest.mark.parametrize(
    ("cause", "said"),
    [
        (LockNotAvailable("canceling"), "the database is busy"),
        (ReadOnlySqlTransaction("cannot execute"), "takes no writes now"),
        (psycopg.OperationalError("connection refused"), "cannot be reached"),
    ],
)
def test_what_passes_is_told_apart(cause: psycopg.Error, said: str) -> None:
    """Somebody else holds it, a failover, or nobody there: what to do differs."""
    code, message = explain(DBAPIError("statement with noura@example.com", {}, cause))

    assert code == ExitCode.UNREACHABLE
    assert said in message
    assert "noura" not in message


async def test_settings_that_contradict_each_other_are_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What several of them say together is no fault in the program; and no secret is quoted."""
    for name, value in {"HOST": "mail.example.org", "USERNAME": "us", "PASSWORD": "secret"}.items():
        monkeypatch.setenv(f"MUMARIS_SMTP_{name}", value)

    with pytest.raises(ValidationError) as refused:
        MailSettings()

    said = "the environment is wrong: signing in to another machine needs MUMARIS_SMTP_TLS"
    assert explain(refused.value) == (ExitCode.REFUSED, said)
