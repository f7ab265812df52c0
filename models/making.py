"""New rows for sets: made as their class makes them, in a tenth of the time."""

from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar, cast

from sqlalchemy.orm.attributes import manager_of_class
from sqlmodel import SQLModel

P = ParamSpec("P")
M = TypeVar("M", bound=SQLModel)


def maker(model: Callable[P, M]) -> Callable[P, M]:
    """What makes rows of this table: with the same arguments, the row that the class itself makes.

    The class sets a new row's columns one by one, as if somebody had changed each, which took a
    third of accepting a request. Here they are filled in, as those of a row that is read.
    """
    manager = manager_of_class(cast("type[M]", model))
    optional = {
        name: each for name, each in manager.class_.model_fields.items() if not each.is_required()
    }
    made: dict[str, Callable[[], Any]] = {
        name: cast("Callable[[], Any]", factory)
        for name, each in optional.items()
        if (factory := each.default_factory)
    }
    known = {name: each.default for name, each in optional.items() if name not in made}

    def make(*_: P.args, **values: P.kwargs) -> M:
        row: Any = manager.new_instance()
        columns = row.__dict__
        columns.update(known)
        columns.update(values)
        for name, factory in made.items():
            if name not in values:
                columns[name] = factory()
        return cast("M", row)

    return make
