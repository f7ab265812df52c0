"""The part of the reference that is called: commands, functions, operations of the API."""

import enum
import importlib
import inspect
import json
import pkgutil
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any, is_typeddict

import typer

import flows
import mumaris_client
from cli.main import app

OPENAPI = Path(__file__).with_name("openapi.json")


def markdown_table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """The lines of a table; none where there is no row."""
    cells = [[" ".join(cell.split()).replace("|", "\\|") for cell in row] for row in rows]
    if cells:
        yield f"\n| {' | '.join(headings)} |"
        yield f"|{'---|' * len(headings)}"
        for row in cells:
            yield f"| {' | '.join(row)} |"


def command_line() -> Iterator[str]:
    """Every command, as its own help says it."""
    yield "# Commands\n"
    yield "`mumaris COMMAND --help` says the same.\n"
    for name, command in commands(typer.main.get_command(app), "mumaris"):
        yield f"\n## {name}\n"
        yield _prose(command.help or "")
        rows = []
        for each in command.params:
            if each.param_type_name == "argument":
                called = f"`{each.metavar or each.name.upper()}`"
            else:
                called = ", ".join(f"`{opt}`" for opt in [*each.opts, *each.secondary_opts])
            meaning = getattr(each, "help", None) or ""
            rows.append((called, "yes" if each.required else "no", meaning))
        yield from markdown_table(("Argument", "Needed", "What it is"), rows)


def commands(group: Any, name: str) -> Iterator[tuple[str, Any]]:
    """Every command that does something, by what is typed for it."""
    for word, each in sorted(group.commands.items()):
        if hasattr(each, "commands"):
            yield from commands(each, f"{name} {word}")
        elif not each.hidden:
            yield f"{name} {word}", each


def python_modules() -> list[ModuleType]:
    """The modules of `flows` that say what is public, and the client of the API."""
    found = [
        importlib.import_module(f"flows.{each.name}")
        for each in pkgutil.iter_modules(flows.__path__)
    ]
    return [*(each for each in found if hasattr(each, "__all__")), mumaris_client]


def python_api() -> Iterator[str]:
    """What may be imported from `flows` and `mumaris_client`."""
    yield "# Python\n"
    told: dict[int, str] = {}
    for module in python_modules():
        yield f"\n## {module.__name__}\n"
        yield _prose(inspect.getdoc(module) or "")
        for name in module.__all__:
            it = getattr(module, name)
            yield f"\n### {module.__name__}.{name}\n"
            if id(it) in told:
                yield f"The same as `{told[id(it)]}`."
                continue
            told[id(it)] = f"{module.__name__}.{name}"
            yield from _described(name, it)


def _described(name: str, it: Any) -> Iterator[str]:
    if isinstance(it, type) and issubclass(it, enum.Enum):
        yield _prose(inspect.getdoc(it) or "")
        yield from markdown_table(
            ("Member", "Value"), ((f"`{e.name}`", f"`{e.value}`") for e in it)
        )
        return
    if is_typeddict(it):
        yield _prose(inspect.getdoc(it) or "")
        typed = ((f"`{key}`", f"`{_short(kind)}`") for key, kind in it.__annotations__.items())
        yield from markdown_table(("Key", "Type"), typed)
        return
    if not (isinstance(it, type) and issubclass(it, Exception)):  # raised, and made by nobody else
        yield _signature(name, it)
    yield _prose(inspect.getdoc(getattr(it, "fn", it)) or "")
    if isinstance(it, type):
        for method, function in inspect.getmembers(it, inspect.isfunction):
            if method[0] != "_" and function.__doc__:
                yield f"\n#### {name}.{method}\n"
                yield _signature(method, function)
                yield _prose(inspect.getdoc(function) or "")


def _signature(name: str, it: Callable[..., Any]) -> str:
    it = getattr(it, "fn", it)
    typed = _short(inspect.signature(it))
    word = "class" if isinstance(it, type) else "async def"
    is_async = inspect.iscoroutinefunction(it) or inspect.isasyncgenfunction(it)
    return f"```python\n{word if isinstance(it, type) or is_async else 'def'} {name}{typed}\n```\n"


def _short(typed: Any) -> str:
    """Types without the modules that they come from."""
    said = typed.__name__ if isinstance(typed, type) else str(typed)
    said = re.sub(r"ForwardRef\('(.+?)'.*?\)", r"\1", said)
    return re.sub(r"(?:\b[a-z_]+\.)+(?=[A-Z])", "", said)


def http_api() -> Iterator[str]:
    """Every operation, from the document that the portal serves."""
    served = json.loads(OPENAPI.read_text(encoding="utf-8"))
    yield "# HTTP API\n"
    yield (
        "From [openapi.json](../openapi.json), which has every shape and an example of each. "
        "[API.md](../API.md) is a walk through it.\n"
    )
    for path, operations in served["paths"].items():
        for method, operation in operations.items():
            yield f"\n## {method.upper()} {path}\n"
            yield _prose(operation.get("description") or operation.get("summary") or "")
            rows = [
                (
                    f"`{each['name']}`",
                    each["in"],
                    "yes" if each.get("required") else "no",
                    each.get("description", ""),
                )
                for each in operation.get("parameters", [])
            ]
            yield from markdown_table(("Parameter", "In", "Needed", "What it is"), rows)
            answers = (
                (f"`{code}`", answer.get("description", ""))
                for code, answer in operation["responses"].items()
            )
            yield from markdown_table(("Answer", "When"), answers)


def _prose(text: str) -> str:
    """A docstring as Markdown: its blocks of code fenced, its double backticks single."""
    text = inspect.cleandoc(text.replace("\b", "").replace("\f", "")).replace("``", "`")
    blocks = []
    for block in re.split(r"\n\s*\n", text):
        if all(line.startswith("    ") for line in block.splitlines()):
            blocks.append(f"```text\n{inspect.cleandoc(block)}\n```")
        elif block.strip().rstrip(":"):
            blocks.append(block.replace("<", "&lt;"))
    return "\n\n".join(blocks) + "\n"
