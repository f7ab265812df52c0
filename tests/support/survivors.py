"""After `mutmut run`: how many mutants the tests noticed, and which survivors nobody has explained.

A survivor is explained in `tests/survivors.toml`, by the function and the line as the mutant has
it, or for the whole function where the entry names no line. A mutant that only changes the letters
of a text is a wording: an entry with ``wording`` explains those of its function, and no other.
Exits 1 where one is neither killed nor
explained, and where an explanation fits nothing.
"""

import re
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from mutmut.__main__ import walk_mutatable_files
from mutmut.mutation.data import SourceFileMutationData
from mutmut.mutation.diff_apply import get_diff_for_mutant

EXPLAINED = Path(__file__).parents[1] / "survivors.toml"
#: mutmut's exit codes of a mutant that all tests passed, and of one that no test reaches.
_SURVIVED, _UNTESTED = 0, 33


class Survivor(NamedTuple):
    """A broken line that no test noticed."""

    function: str
    #: The changed lines, as the mutant has them; "" for all of the function.
    now: str = ""
    #: Whether only a text has other letters.
    wording: bool = False

    def reasons(self) -> "set[Survivor]":
        """The entries that would explain it: its line, its whole function, its wordings."""
        own = {Survivor(self.function, self.now), Survivor(self.function)}
        return own | {Survivor(self.function, "", True)} if self.wording else own


def main() -> int:
    """Print the figures by file and the survivors that nobody has explained."""
    explained = {
        Survivor(each["function"], each.get("now", ""), each.get("wording", False))
        for each in tomllib.loads(EXPLAINED.read_text(encoding="utf-8")).get("survivor", [])
    }
    total: Counter[str] = Counter()
    found: set[Survivor] = set()
    for path in walk_mutatable_files():
        data = SourceFileMutationData(path=path)
        data.load()
        survivors = set(_survivors(data))
        figures = Counter(
            made=sum(code is not None for code in data.exit_code_by_key.values()),
            survived=sum(code in {_SURVIVED, _UNTESTED} for code in data.exit_code_by_key.values()),
            explained=sum(bool(survivor.reasons() & explained) for survivor in survivors),
        )
        if figures["made"]:
            _print_figures(str(path), figures)
        total, found = total + figures, found | survivors
    _print_figures("all", total)
    unexplained = {survivor for survivor in found if not survivor.reasons() & explained}
    stale = explained.difference(*(survivor.reasons() for survivor in found))
    for survivor in sorted(unexplained):
        print(f"NOT NOTICED  {survivor.function}: {survivor.now}")
    for survivor in sorted(stale):
        print(f"EXPLAINED, AND NOT THERE  {survivor.function}: {survivor.now}")
    return int(bool(unexplained or stale))


def _survivors(data: SourceFileMutationData) -> Iterator[Survivor]:
    for key, code in data.exit_code_by_key.items():
        if code in {_SURVIVED, _UNTESTED}:
            diff = get_diff_for_mutant(key, path=data.path).splitlines()
            lines = [line[1:].strip() for line in diff if re.match(r"\+(?!\+\+)", line)]
            gone = [line[1:].strip() for line in diff if re.match(r"-(?!--)", line)]
            now = " ".join(lines) or f"without: {' '.join(gone)}"
            yield Survivor(_function(key), now, _letters(now) == _letters(" ".join(gone)))


def _letters(line: str) -> str:
    """The line without what mutmut does to a text: ``XX`` around it, or other cases."""
    return line.replace("XX", "").lower()


def _function(key: str) -> str:
    """``models.door.x_move__mutmut_3`` is a mutant of ``models.door.move``."""
    name = re.sub(r"__mutmut_\d+$", "", key)
    return re.sub(r"\.x_?", ".", name.replace("ǁ", "."), count=1).replace("..", ".")


def _print_figures(what: str, figures: Counter[str]) -> None:
    noticed = figures["made"] - figures["survived"]
    share = noticed / (figures["made"] or 1)
    print(
        f"{what:40}{figures['made']:6} mutants{noticed:6} noticed ({share:.1%})"
        f"{figures['explained']:5} explained"
    )


if __name__ == "__main__":
    sys.exit(main())
