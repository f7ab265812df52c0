"""The engineer's page of the tutorial is run as it stands, on a whole stack."""

import re
from pathlib import Path

from stack.running import RunningStack
from support.howtos import blocks_of, desk_of, run


def test_the_engineers_page_works_as_it_stands(
    running: RunningStack, repository: Path, tmp_path: Path
) -> None:
    """People are loaded, the program hands in twice what is one request, and the list has it."""
    folder = desk_of(repository, tmp_path)
    blocks = blocks_of(repository / "docs" / "tutorial" / "engineer.md")

    loaded, printed, listed = (run(block, folder, {}).stdout for block in blocks)

    assert "practitioners" in loaded
    assert re.fullmatch(r"[0-9A-Z]{4}-[0-9A-Z]{4} \w+\n", printed)
    assert printed.split()[0] in listed
