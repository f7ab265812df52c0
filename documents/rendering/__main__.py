"""The child: limits on the first line of its input, a file behind it; pictures on its output."""

import json
import sys
from collections.abc import Iterator
from typing import BinaryIO

from documents.faults import Fault, Note
from documents.media_types import HEAD_BYTES
from documents.rendering.confinement import NotConfined, confine, end_with_parent
from documents.rendering.drawing import Drawing, FaultFound, drawing_of
from documents.rendering.limits import Limits
from documents.rendering.wire import DONE, FAULT, NOT_CONFINED, PAGE, say, say_facts


def main() -> int:
    """Draw one file, and end."""
    source, out = sys.stdin.buffer, sys.stdout.buffer
    try:
        end_with_parent()
        limits = Limits(**json.loads(source.readline()))
        head = source.read(HEAD_BYTES)
        draw = drawing_of(head)
        confine(memory_bytes=limits.memory_bytes, cpu_seconds=limits.cpu_seconds)
        _draw(head + source.read(), draw, limits, out)
    except NotConfined:
        return NOT_CONFINED
    except FaultFound as found:
        say_facts(out, FAULT, {"fault": found.fault, "facts": found.facts})
    except MemoryError:
        say_facts(out, FAULT, {"fault": Fault.TOO_COSTLY, "facts": {}})
    return 0


def _draw(content: bytes, draw: Drawing, limits: Limits, out: BinaryIO) -> None:
    notes: set[Note] = set()
    pages = draw(content, limits, notes)
    while (picture := _next(pages)) is not None:
        say(out, PAGE, picture)
    say_facts(out, DONE, {"notes": sorted(notes)})


def _next(pages: Iterator[bytes]) -> bytes | None:
    """The next picture; whatever a library raises over a file is that file's damage."""
    try:
        return next(pages, None)
    except (FaultFound, MemoryError):
        raise
    except (ImportError, PermissionError):
        # Something was to be loaded that we did not load in time: our fault, not the file's.
        raise
    except Exception:  # noqa: BLE001 - libraries of three hands raise as they like over bad input
        raise FaultFound(Fault.DAMAGED) from None


if __name__ == "__main__":
    sys.exit(main())
