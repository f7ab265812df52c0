"""The reference: pages of Markdown drawn from the code and the files that they describe.

`docs/website.py` writes them when it builds the site. They are not kept in the repository, so
nothing in them can be out of date. Commands, functions and operations are in
`docs/reference_calls.py`.
"""

import inspect
import re
import sys
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

from pydantic_settings import BaseSettings
from sqlalchemy.dialects import postgresql
from sqlmodel import SQLModel

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "docs")]

from picture import drawn_steps  # noqa: E402
from reference_calls import command_line, http_api, markdown_table, python_api  # noqa: E402

import models.tables  # noqa: E402, F401 - it names every table
from cli.work.submission_files import _HEADINGS as RESULTS  # noqa: E402
from desk.queues.exporting import HEADINGS, IDENTITY_NUMBER  # noqa: E402
from desk.register import card_files, files  # noqa: E402
from desk.requests.submission_files import takes  # noqa: E402
from desk.requests.timeline import WORDS  # noqa: E402
from documents.settings import DocumentSettings  # noqa: E402
from identity.settings import IdentitySettings  # noqa: E402
from mail.settings import MailSettings  # noqa: E402
from models.settings import DatabaseSettings  # noqa: E402
from portal.web.settings import PortalSettings  # noqa: E402
from rules.findings.catalogue import CATALOGUE  # noqa: E402
from rules.register.fields import _LABELS as LABELS  # noqa: E402
from rules.register.fields import Field  # noqa: E402
from rules.requests.file_forms import FileForm  # noqa: E402
from rules.requests.statuses import ActorKind, Kind, Status  # noqa: E402
from rules.requests.transitions import TRANSITIONS  # noqa: E402
from tasks.runs.in_prefect import OPEN_TAG, OUR_TAG, REFUSED_TAG  # noqa: E402
from worker.settings import WorkerSettings  # noqa: E402

SETTINGS: tuple[type[BaseSettings], ...] = (
    DatabaseSettings,
    DocumentSettings,
    IdentitySettings,
    MailSettings,
    PortalSettings,
    WorkerSettings,
)
TAGS: Mapping[str, str] = {
    OUR_TAG: "every run of a request or of a wave",
    OPEN_TAG: "the request has not ended",
    **{f"kind:{kind}": "the kind of the request" for kind in Kind},
    **{f"stage:{status}": "where the request stands" for status in Status},
    "overdue": "the review is escalated",
    "wave": "the run carries many requests of its kind",
    REFUSED_TAG: "an answer to the *Resume* form was not accepted; its description says why",
}
_POSTGRESQL = postgresql.dialect()
_NOT_OF_REQUESTS = {
    "mumaris.mail.away": "no e-mail leaves; `reason` and `since` in its payload",
    "mumaris.mail.back": "e-mail leaves again",
    "mumaris.request.set_aside": "what could not be done for it is tried again later, less often",
    "mumaris.request.goes_on": "that has been done after all",
}


def pages() -> dict[str, str]:
    """Every page by its name, as the text of a Markdown file."""
    made: tuple[Callable[[], Iterator[str]], ...] = (
        command_line,
        python_api,
        http_api,
        events,
        settings,
        policy,
        statuses,
        problems,
        csv_files,
        tables,
    )
    return {each.__name__.replace("_", "-"): "\n".join(each()) + "\n" for each in made}


def events() -> Iterator[str]:
    """Prefect's events, and the tags of runs."""
    yield "# Events and tags\n"
    yield "## Events\n"
    yield (
        "Each is an event of Prefect's, to hang an automation on. Its resource is "
        "`mumaris.request.<tracking code>`, or `mumaris.mail`. Webhooks tell of those whose last "
        "word is a status of a request.\n"
    )
    told = {f"mumaris.request.{name}": words for name, words in WORDS.items()}
    yield from markdown_table(("Event", "When"), _in_code(told | _NOT_OF_REQUESTS))
    yield "\n## Tags\n"
    yield from markdown_table(("Tag of a run", "What it says"), _in_code(TAGS))


def settings() -> Iterator[str]:
    """The environment: the README's table, with the class that reads each."""
    yield "# Settings\n"
    yield (
        "Read from the environment when a process starts. The table is the "
        "[README's](../../README.md#configuration).\n"
    )
    readers = {name: each.__name__ for each in SETTINGS for name in names_of(each)}
    rows = []
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for names, default, meaning in re.findall(
        r"^\| (`[A-Z_`, ]+`) \| (.+?) \| (.+?) \|$", readme, re.MULTILINE
    ):
        read_by = {readers[name] for name in re.findall(r"`(\w+)`", names) if name in readers}
        linked = re.sub(r"\]\((?!http)", "](../../", meaning)
        rows.append((names, default, linked, ", ".join(f"`{each}`" for each in sorted(read_by))))
    yield from markdown_table(("Variable", "Default", "What it is", "Read by"), rows)


def names_of(each: type[BaseSettings]) -> list[str]:
    """The environment variables that these settings are read from."""
    prefix = each.model_config.get("env_prefix", "")
    return [
        str(field.validation_alias or f"{prefix}{name}".upper())
        for name, field in each.model_fields.items()
    ]


def policy() -> Iterator[str]:
    """Every key of policy.toml, with the comments around it."""
    yield "# Policy keys\n"
    yield (
        "What [policy.toml](../../policy.toml) decides, with the value that is shipped. *Assumed* "
        "says that no public source gives the number; numbers in brackets are sources of "
        "[DOMAIN.md](../DOMAIN.md#sources).\n"
    )
    rows: list[tuple[str, str, str]] = []
    said: list[str] = []
    lines = iter((ROOT / "policy.toml").read_text(encoding="utf-8").splitlines())
    for line in lines:
        if header := re.fullmatch(r"\[+([\w.]+)\]+\s*(?:#\s*(.*))?", line):
            yield from markdown_table(("Key", "Value", "What it means"), rows)
            rows = []
            yield f"\n## {header[1]}\n"
            said = [header[2]] if header[2] else []
        elif line.startswith("#"):
            said.append(line.lstrip("# "))
        elif key := re.match(r'([\w"]+)\s*=\s*', line):
            value, remark = _value(line[key.end() :], lines)
            rows.append((f"`{key[1].strip(chr(34))}`", f"`{value}`", " ".join([*said, remark])))
            said = []
        elif said and not rows:
            yield f"{' '.join(said)}\n"  # about the whole table
            said = []
    yield from markdown_table(("Key", "Value", "What it means"), rows)


def _value(text: str, more: Iterator[str]) -> tuple[str, str]:
    """A value as it is written, to its last line, and the remark behind it."""
    remarks = []
    while True:
        value = ""
        for part in re.findall(r'"[^"]*"|[^"#]+|#.*', text):
            if part.startswith("#"):
                remarks.append(part.lstrip("# "))
            else:
                value += part
        value = " ".join(value.split())
        try:
            tomllib.loads(f"value = {value}")
        except tomllib.TOMLDecodeError:
            text = f"{value} {next(more)}"
        else:
            return value, " ".join(remarks)


def statuses() -> Iterator[str]:
    """The steps of each pipeline, and who may change a status to which."""
    yield "# Steps and statuses\n"
    yield from drawn_steps()
    yield "\n## Statuses\n"
    yield from markdown_table(
        ("From", "To", "Who"),
        (
            (f"`{from_}`", f"`{to}`", ", ".join(str(k).replace("_", " ") for k in _in_order(who)))
            for (from_, to), who in TRANSITIONS.items()
        ),
    )


def _in_order(kinds: Iterable[ActorKind]) -> list[ActorKind]:
    return [kind for kind in ActorKind if kind in kinds]


def problems() -> Iterator[str]:
    """Every code of a refusal, with its two sentences."""
    yield "# Codes of problems\n"
    yield "A code stays; programs read it. What stands in braces is the fact of the case.\n"
    rows = (
        (f"`{code}`", english, f'<span dir="rtl">{arabic}</span>')
        for code, (arabic, english) in sorted(CATALOGUE.items())
    )
    yield from markdown_table(("Code", "English", "Arabic"), rows)


def csv_files() -> Iterator[str]:
    """The columns of each file that is read or written."""
    yield "# Columns of CSV files\n"
    yield (
        "The first line names the columns, in any order. How spreadsheets write files is "
        "understood: semicolons, tabs, Arabic digits, Hijri dates.\n"
    )
    number = frozenset({"registration_number"})
    read: Mapping[str, tuple[Iterable[str], Iterable[str]]] = {
        "register load --practitioners": (files._PRACTITIONER, files._PRACTITIONER_OPTIONAL),  # noqa: SLF001
        "register load --officers": ({"user_name"}, {*number, "active"}),
        "register load --official": (files._OFFICIAL, files._NAMES),  # noqa: SLF001
        "register load --cards": (card_files.CARD_COLUMNS, card_files.CARD_OPTIONAL),
        "register load --ledger": (card_files.LEDGER_COLUMNS, card_files.LEDGER_OPTIONAL),
        "request submit-file": (
            {*number, "confirmed_by_applicant"},
            {*(field.value for field in Field), "preferred_language", "idempotency_key"},
        ),
    }
    for command, (needed, optional) in read.items():
        yield f"\n## {command}\n"
        rows = [(f"`{name}`", "yes", _label(name)) for name in sorted(needed)]
        rows += [(f"`{name}`", "no", _label(name)) for name in sorted(optional)]
        yield from markdown_table(("Column", "Needed", "What it is"), rows)
    others = ", ".join(f"`{kind}`" for kind in Kind if not takes(FileForm.CSV, kind))
    yield (
        "\nThese are the columns of profile updates. A CSV file of another kind is refused "
        f"({others}): documents are several values in one row. They come as lines of JSON "
        "(`.jsonl`), each what `mumaris request submit` takes.\n"
    )
    written = {
        "request submit-file: FILE.results.csv": RESULTS,
        "review export": (*HEADINGS, IDENTITY_NUMBER),
    }
    for command, columns in written.items():
        yield f"\n## {command}\n"
        yield f"Written, in this order: {', '.join(f'`{name}`' for name in columns)}."


def _label(name: str) -> str:
    """What people read for a field, in both languages; the name in words for the rest."""
    arabic, english = LABELS.get(name, ("", name.replace("_", " ")))
    return f"{english} · {arabic}" if arabic else english


def tables() -> Iterator[str]:
    """Every table, with what each column is."""
    yield "# Tables\n"
    yield "Ours, not Prefect's. Statuses change through one function, `models/door.py`.\n"
    classes = {
        str(mapper.class_.__tablename__): mapper.class_
        for mapper in SQLModel._sa_registry.mappers  # noqa: SLF001 - SQLModel names it nowhere else
    }
    for name, table in sorted(SQLModel.metadata.tables.items()):
        yield f"\n## {name}\n"
        remarks: dict[str, str] = {}
        if name in classes:
            yield f"{inspect.cleandoc(classes[name].__doc__ or '').partition(chr(10))[0]}\n"
            remarks = _remarks(classes[name])
        rows = []
        for column in table.columns:
            about = ["key"] if column.primary_key else []
            about += [f"→ `{key.target_fullname}`" for key in column.foreign_keys]
            kind = column.type.compile(dialect=_POSTGRESQL).lower() + (
                " or null" if column.nullable else ""
            )
            remark = "; ".join([*about, *filter(None, [remarks.get(column.name)])])
            rows.append((f"`{column.name}`", kind, remark))
        yield from markdown_table(("Column", "Type", "What it is"), rows)


def _remarks(table: type[SQLModel]) -> dict[str, str]:
    """What stands above each attribute of the class, as ``#:``."""
    remarks: dict[str, str] = {}
    said: list[str] = []
    for line in inspect.getsource(table).splitlines():
        if line.strip().startswith("#:"):
            said.append(line.strip()[2:].strip())
        else:
            named = re.match(r"    (\w+): ", line)
            if named and said:
                remarks[named[1]] = " ".join(said)
            said = []
    return remarks


def _in_code(rows: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    return ((f"`{name}`", words) for name, words in rows.items())
