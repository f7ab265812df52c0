"""Each how-to's commands are run as they stand."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cli.demo.examples import CARDS, LEDGER, OFFICERS, OFFICIAL_RECORDS, REGISTER, dated_again
from cli.session_file import KeptSession, keep_session
from desk.register.files import read_register_files
from desk.register.loading import load_register
from rules.accounts.kinds import Role
from rules.values.dates import riyadh_day
from support.howtos import Block, blocks_of, desk_of, run
from support.signed_in import session_of

ROOT = Path(__file__).resolve().parents[2]
HOWTOS = sorted(page for page in (ROOT / "docs" / "howto").glob("*.md") if page.name != "README.md")
TUTORIAL = sorted((ROOT / "docs" / "tutorial").glob("*.md"))


async def load(folder: Path) -> None:
    """The people of `examples/`, with cards that stand as on the day they were written for."""
    today = riyadh_day(datetime.now(UTC))
    files = read_register_files(
        practitioners=REGISTER,
        officers=OFFICERS,
        official=OFFICIAL_RECORDS,
        cards=dated_again(CARDS, folder, today),
        ledger=dated_again(LEDGER, folder, today),
        today=today,
    )
    await load_register(files)


def runnable(page: Path) -> list[Block]:
    """The page's blocks but for those that want a whole stack: a story runs these."""
    return [block for block in blocks_of(page) if "stack" not in block.marks]


@pytest.mark.parametrize(
    "page", [each for each in (*HOWTOS, *TUTORIAL) if runnable(each)], ids=lambda page: page.stem
)
async def test_the_commands_of_a_howto_work_as_they_stand(
    page: Path,
    repository: Path,
    tmp_path: Path,
    database: str,
) -> None:
    """In the page's order, in one folder; ended as the page says."""
    blocks = runnable(page)
    if any("register" in block.marks for block in blocks):
        assert not any("empty" in block.marks for block in blocks)
        await load(tmp_path)
    desk = desk_of(repository, tmp_path)
    for block in blocks:
        session = tmp_path / "session"
        if "as supervisor" in block.marks:
            token = await session_of("amal", roles=(Role.SUPERVISOR,))
            keep_session(KeptSession(session=token), session)
        more = {"MUMARIS_HOME": str(tmp_path / "home"), "MUMARIS_SESSION_FILE": str(session)}
        await asyncio.to_thread(run, block, desk, more)


def test_every_howto_is_run() -> None:
    """One without a command that can be run has nothing to show."""
    assert [page.name for page in HOWTOS if not blocks_of(page)] == []
    assert len(HOWTOS) > 7


def test_a_command_that_has_gone_fails(tmp_path: Path) -> None:
    """The runner sees what a shell would."""
    page = tmp_path / "page.md"
    page.write_text("1. Do\n\n    <!-- run -->\n    ```sh\n    mumaris card gone\n    ```\n")
    (block,) = blocks_of(page)

    with pytest.raises(AssertionError, match="No such command"):
        run(block, tmp_path, {})
