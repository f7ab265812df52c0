"""The official register that identity fields must equal."""

import os
from functools import lru_cache
from importlib import import_module
from typing import Protocol, cast

from models.database import transaction
from models.official_register import OfficialEntry
from rules.errors import Unavailable
from rules.register.official_record import OfficialRecord


class RegisterUnreachable(Unavailable):
    """The official register does not answer; ask again later.

    Never a reason to refuse anyone.
    """


class OfficialRegister(Protocol):
    """Where a person's official record is looked up."""

    async def find(self, identity_number: str) -> OfficialRecord | None:
        """The record of this identity number, None where there is none.

        Raises `RegisterUnreachable` where nothing can be said now.
        """
        ...


class TableRegister:
    """The default: our own table, loaded from CSV by `mumaris register load`."""

    async def find(self, identity_number: str) -> OfficialRecord | None:
        """The record of this identity number, None where there is none."""
        async with transaction() as session:
            row = await session.get(OfficialEntry, identity_number)
        return None if row is None else OfficialRecord.from_json(row.record)


@lru_cache(maxsize=1)
def official_register() -> OfficialRegister:
    """The register named by ``MUMARIS_OFFICIAL_REGISTER`` (``module:factory``), or the table."""
    named = os.environ.get("MUMARIS_OFFICIAL_REGISTER")
    if not named:
        return TableRegister()
    module, _, factory = named.partition(":")
    return cast("OfficialRegister", getattr(import_module(module), factory)())
