"""Where the database is."""

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from rules.errors import MumarisError


class DatabaseNotConfigured(MumarisError):
    """No database is named and no local stack is running: set DATABASE_URL or run `mumaris up`."""


class DatabaseSettings(BaseSettings):
    """The database, from the environment."""

    model_config = SettingsConfigDict(extra="ignore")

    #: ``postgresql://…`` or ``postgresql+psycopg://…``
    database_url: str = Field(default="", validation_alias="DATABASE_URL")
    #: Connections this process may hold at once.
    pool_size: int = Field(default=10, validation_alias="MUMARIS_DATABASE_POOL", ge=1)

    def sqlalchemy_url(self) -> str:
        """The URL for SQLAlchemy on psycopg; raises `DatabaseNotConfigured` where there is none."""
        if not self.database_url:
            raise DatabaseNotConfigured(DatabaseNotConfigured.__doc__)
        scheme, separator, rest = self.database_url.partition("://")
        if scheme in {"postgres", "postgresql"}:
            scheme = "postgresql+psycopg"
        return f"{scheme}{separator}{rest}"

    def libpq_url(self) -> str:
        """The URL for psycopg itself."""
        return "postgresql://" + self.sqlalchemy_url().partition("://")[2]
