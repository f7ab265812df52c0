"""Builds the documentation's site: ``make docs``, into build/site/index.html.

The pages stay where they are read beside the code, and are copied into build/docs. There the
reference joins them (`docs/reference.py`), and a link to a file of the source leads to a page that
shows it. What a page links to must be there: a dead link ends the build.
"""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import TypeAlias

ROOT = Path(__file__).resolve().parent.parent
#: The kinds of documentation, in the order in which a newcomer needs them.
KINDS = ("tutorial", "howto", "reference", "explanation")
#: Pages of docs/ that stand in none of these folders; one that is not named here joins the last.
_ASIDE = {
    "howto": ("SERVERS", "OPERATIONS", "WATCHING", "BACKUPS", "RELEASING"),
    "reference": ("API",),
    "explanation": ("DESIGN", "FAULTS", "PREFECT", "DOMAIN", "ACCESSIBILITY"),
}
_TITLES = {
    "tutorial": "Tutorial",
    "howto": "How-tos",
    "reference": "Reference",
    "explanation": "Explanation",
}
_NOT_OURS = {"build", "mutants", "node_modules"}
_LINK = re.compile(r"(\]\(|\bsrc=\")([^)\s\"]+)(?=[)\s\"])")
_FENCE = re.compile(r"^( *)(```+|~~~+)", re.MULTILINE)
_DRAWN = re.compile(r"```mermaid\n.*?```", re.DOTALL)
_SHOWN = {".py": "python", ".toml": "toml", ".yml": "yaml", ".yaml": "yaml", ".json": "json"}

Nav: TypeAlias = "list[str | dict[str, Nav]]"


class DeadLink(Exception):
    """A page links to what is not there."""

    def __init__(self, page: str, link: str) -> None:
        super().__init__(f"{page}: {link}")


def written() -> list[str]:
    """Every page of Markdown in the repository, by its path from the root."""
    found = []
    for folder, folders, names in os.walk(ROOT):
        folders[:] = sorted(f for f in folders if f[0] not in "._" and f not in _NOT_OURS)
        found += [Path(folder, name) for name in names if name.endswith(".md")]
    return sorted(path.relative_to(ROOT).as_posix() for path in found)


def place(path: str) -> str:
    """Where a page of the repository stands in the site."""
    if path.endswith("README.md"):
        path = f"{path.removesuffix('README.md')}index.md"
    return path.removeprefix("docs/")


def stage(to: Path) -> Nav:
    """Copy every page, draw the others, and return the navigation. Raises `DeadLink`."""
    from reference import pages  # noqa: PLC0415 - it imports the whole program

    shutil.rmtree(to, ignore_errors=True)
    drawn = {f"docs/reference/{name}.md": text for name, text in pages().items()}
    drawn["docs/decisions/README.md"] = decisions()
    texts = {path: (ROOT / path).read_text(encoding="utf-8") for path in written()} | drawn
    texts["docs/reference/README.md"] += "\n".join(
        f"- [{title_of(text)}]({Path(path).name})"
        for path, text in drawn.items()
        if path.startswith("docs/reference/")
    )
    sources: set[str] = set()
    for path, text in texts.items():
        put(to / place(path), _moved(path, text, set(texts), sources))
    for source in sorted(sources):
        _show(source, to)
    return navigation(sorted(texts))


def decisions() -> str:
    """The index of docs/decisions/."""
    rows = [
        f"- [{path.name[:4]}]({path.name}) {title_of(path.read_text(encoding='utf-8'))}"
        for path in sorted((ROOT / "docs" / "decisions").glob("[0-9]*.md"))
    ]
    return "\n".join(["# Decisions\n", "A choice with a story, and why it was made.\n", *rows, ""])


def title_of(text: str) -> str:
    """The first heading, without the number of a decision."""
    return re.sub(r"^\d{4}[.:]? *", "", re.findall(r"^# +(.+)$", text, re.MULTILINE)[0])


def navigation(paths: list[str]) -> Nav:
    """Every page, by kind; pages of the root and of other folders come last."""
    left = list(paths)

    def take(*wanted: str) -> list[str]:
        taken = [path for path in dict.fromkeys(wanted) if path in left]
        left[:] = [path for path in left if path not in taken]
        return [place(path) for path in taken]

    def below(folder: str) -> list[str]:
        return [path for path in left if path.startswith(f"docs/{folder}/")]

    nav: Nav = [*take("README.md")]
    for kind in KINDS:
        own = take(f"docs/{kind}/README.md", *_in_order(kind), *below(kind))
        aside = take(*(f"docs/{name}.md" for name in _ASIDE.get(kind, ())))
        inner: Nav = [*own, *aside]
        if kind == "explanation":
            inner.append({"Decisions": [*take("docs/decisions/README.md", *below("decisions"))]})
        nav.append({_TITLES[kind]: inner})
    nav.append({"The project": [*take(*left)]})
    return nav


def _in_order(kind: str) -> list[str]:
    """The pages that the index of this kind lists, in its order."""
    index = ROOT / "docs" / kind / "README.md"
    listed = re.findall(r"\]\(([\w-]+\.md)\)", index.read_text(encoding="utf-8"))
    return [f"docs/{kind}/{name}" for name in dict.fromkeys(listed)]


def _moved(path: str, text: str, pages: set[str], sources: set[str]) -> str:
    """The page with its links as they are in the site."""

    def moved(found: re.Match[str]) -> str:
        link = found[2]
        if re.match(r"[a-z]+:|#", link):
            return found[0]
        target, _, anchor = link.partition("#")
        goal = os.path.normpath(PurePosixPath(path).parent / target)
        readme = os.path.normpath(f"{goal}/README.md")
        if goal in pages or readme in pages:
            there = place(goal if goal in pages else readme)
        elif not (ROOT / goal).exists() or goal.startswith(".."):
            raise DeadLink(path, link)
        elif Path(goal).suffix in {".png", ".svg"}:
            sources.add(goal)
            there = place(goal)
        else:
            sources.add(goal)
            there = f"source/{goal}.md"
        from_ = PurePosixPath(place(path)).parent
        return f"{found[1]}{os.path.relpath(there, from_)}{'#' + anchor if anchor else ''}"

    return "".join(
        piece if code else _LINK.sub(moved, piece) for code, piece in _pieces(_undrawn(path, text))
    )


def _undrawn(path: str, text: str) -> str:
    """Without drawings that a script of another host would have to draw."""
    where = os.path.relpath("docs/reference/statuses.md", PurePosixPath(path).parent)
    return _DRAWN.sub(f"[As steps, and as a table]({where}).", text)


def _pieces(text: str) -> Iterator[tuple[bool, str]]:
    """The text by what is fenced code and what is not."""
    fence, begun = "", 0
    for mark in _FENCE.finditer(text):
        if not fence:
            yield False, text[begun : mark.start()]
            fence, begun = mark[2], mark.start()
        elif mark[2].startswith(fence):
            yield True, text[begun : mark.end()]
            fence, begun = "", mark.end()
    yield bool(fence), text[begun:]


def _show(source: str, to: Path) -> None:
    """A file of the source as a page, a folder as a list, a picture as it is."""
    path = ROOT / source
    if path.suffix in {".png", ".svg"}:
        (to / place(source)).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, to / place(source))
        return
    if path.is_dir():
        names = sorted(each.name for each in path.iterdir() if each.name[0] not in "._")
        body = "\n".join(f"- `{name}`" for name in names)
    else:
        body = f"~~~~~~{_SHOWN.get(path.suffix, 'text')}\n{path.read_text('utf-8')}~~~~~~"
    put(to / "source" / f"{source}.md", f"# {source}\n\n{body}\n")


def put(path: Path, text: str) -> None:
    """Write a file, and the folders that it stands in."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def build(folder: Path) -> Path:
    """Stage and build it there; returns the site. Raises `DeadLink` and CalledProcessError."""
    nav = _toml(stage(folder / "docs"))
    config = (ROOT / "zensical.toml").read_text(encoding="utf-8")
    config = config.replace("[project]\n", f"[project]\nnav = {nav}\n", 1)
    tomllib.loads(config)
    put(folder / "zensical.toml", config)
    shutil.rmtree(folder / "site", ignore_errors=True)
    subprocess.run(  # noqa: S603 - our own command, which no shell reads
        [Path(sys.executable).with_name("zensical"), "build", "--strict", "--clean"],
        cwd=folder,
        check=True,
    )
    return folder / "site"


def _toml(nav: Nav) -> str:
    """The navigation as TOML writes it."""
    each = [
        f"{{ {_quoted(key)} = {_toml(inner)} }}" if isinstance(entry, dict) else _quoted(entry)
        for entry in nav
        for key, inner in (entry.items() if isinstance(entry, dict) else [("", [])])
    ]
    return f"[{', '.join(each)}]"


def _quoted(text: str) -> str:
    return f"'{text}'"


if __name__ == "__main__":
    sys.stdout.write(f"{build(ROOT / 'build') / 'index.html'}\n")
