"""What `mumaris letters list` does; imported when it runs."""

from cli.output import print_json, show_table
from cli.queries import find_letters
from cli.running import run
from cli.shapes import LETTER_TITLES, letter_cells, letter_json
from models.database import transaction
from models.letters import Letter, LetterStatus


def list_letters(status: str | None, limit: int, *, as_json: bool) -> None:
    """The letters with their requests' tracking codes, newest first."""
    wanted = LetterStatus(status) if status else None

    async def read() -> list[tuple[Letter, str]]:
        async with transaction() as session:
            return await find_letters(session, status=wanted, limit=limit)

    found = run(read)
    if as_json:
        print_json([{"tracking_code": code} | letter_json(letter) for letter, code in found])
    else:
        rows = [(code, *letter_cells(letter)) for letter, code in found]
        show_table(("code", *LETTER_TITLES), rows)
