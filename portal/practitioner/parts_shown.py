"""One part of what is being written, on a list of what is left to do; of whichever kind."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

from desk.drafts.reviewing import Placed
from rules.findings.both_languages import InBoth
from rules.requests.drafted_documents import FILE, Typed


@dataclass(frozen=True, kw_only=True)
class PartShown:
    """One page to write, and its file where policy takes one."""

    part: str
    words: InBoth
    #: None where no file belongs to it.
    has_file: bool | None
    #: ``to_do``, ``wrong``, ``no_file``, ``marked``, ``kept`` or ``done``.
    state: str
    mistakes: tuple[InBoth, ...]
    #: An officer's words about it.
    marks: tuple[InBoth, ...]

    @property
    def can_change(self) -> bool:
        """Whether it is not one that stays as it was sent."""
        return self.state != "kept"

    @property
    def is_done(self) -> bool:
        """Whether the rules find nothing wrong with it."""
        return self.state not in {"to_do", "wrong", "no_file"}


class _Corrected(Protocol):
    @property
    def submitted(self) -> Mapping[str, Typed]: ...


class WrittenInParts(Protocol):
    """A draft that has parts."""

    @property
    def content(self) -> Mapping[str, Typed]:
        """What was typed, by part."""

    @property
    def correction(self) -> _Corrected | None:
        """What was submitted before, where it corrects that."""

    def may_change(self, part: str, /) -> bool:
        """Whether this part can be written now."""


def state_of(written: WrittenInParts, part: str, found: Iterable[Placed]) -> str:
    """How a part stands, by the problems that were found with it."""
    boxes = {each.box for each in found}
    if part not in written.content:
        return "to_do"
    if not written.may_change(part):
        return "kept"
    if boxes == {FILE} and not has_file(written, part):
        return "no_file"
    if boxes:
        return "wrong"
    sent = written.correction.submitted if written.correction else {}
    return "marked" if sent.get(part) == written.content[part] else "done"


def has_file(written: WrittenInParts, part: str) -> bool:
    """Whether its file was sent."""
    return bool(written.content.get(part, {}).get(FILE))


def why_wrong(state: str, found: Iterable[Placed]) -> tuple[InBoth, ...]:
    """What is said of a part that is wrong."""
    return tuple(each.problem.sentence for each in found) if state == "wrong" else ()


def by_box(found: Iterable[Placed]) -> dict[str, tuple[InBoth, ...]]:
    """What is said of each box of a part, "" for all of it."""
    mistakes: dict[str, tuple[InBoth, ...]] = {}
    for each in found:
        box = each.box or ""
        mistakes[box] = (*mistakes.get(box, ()), each.problem.sentence)
    return mistakes


def besides(
    mistakes: Mapping[str, tuple[InBoth, ...]], rows: Collection[str]
) -> tuple[InBoth, ...]:
    """What is said of boxes that have no row."""
    return tuple(words for box, said in mistakes.items() if box not in rows for words in said)
