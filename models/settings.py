"""Where the database is: the one place that reads its address."""

import re

from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict
from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from rules.errors import Unavailable

_DRIVER = re.compile(r"(?<=\Apostgresql)\+[a-z0-9]+(?=://)")


class DatabaseNotConfigured(Unavailable):
    """No database is named and no local stack is running: set DATABASE_URL or run `mumaris up`."""


class NotADatabaseAddress(DatabaseNotConfigured):
    """DATABASE_URL is not the address of a PostgreSQL database."""


class DatabaseSettings(BaseSettings):
    """The database, from the environment."""

    model_config = SettingsConfigDict(extra="ignore")

    #: ``postgresql://…`` or ``postgresql+psycopg://…``
    database_url: str = Field(default="", validation_alias="DATABASE_URL")
    #: Connections this process may hold at once.
    pool_size: int = Field(default=10, validation_alias="MUMARIS_DATABASE_POOL", ge=1)

    def libpq_url(self) -> str:
        """The address for psycopg; raises `DatabaseNotConfigured`, `NotADatabaseAddress`."""
        if not self.database_url:
            raise DatabaseNotConfigured
        return libpq_url(self.database_url)


def libpq_url(address: str) -> str:
    """The address without the driver that SQLAlchemy's form of it names; else as it is.

    It may name several servers. Raises `NotADatabaseAddress`, which quotes nothing of it: it may
    hold a password.
    """
    plain = _DRIVER.sub("", address, count=1)
    try:
        conninfo_to_dict(plain)
    except ProgrammingError:
        raise NotADatabaseAddress from None
    return plain
