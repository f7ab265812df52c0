"""What the database is asked."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import event

from models.database import engine


@contextmanager
def statements() -> Iterator[list[str]]:
    """The statements that the database gets meanwhile."""
    said: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        said.append(statement)

    target = engine().sync_engine
    event.listen(target, "before_cursor_execute", note)
    yield said
    event.remove(target, "before_cursor_execute", note)
