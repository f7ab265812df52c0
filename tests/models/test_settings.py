"""The address of the database, in each form that people and programs write."""

import pytest

from models.settings import (
    DatabaseNotConfigured,
    DatabaseSettings,
    NotADatabaseAddress,
    libpq_url,
)


@pytest.mark.parametrize(
    ("sqlalchemy", "libpq"),
    [
        ("postgresql+psycopg://a:b@h/db?host=/tmp/x", "postgresql://a:b@h/db?host=/tmp/x"),
        ("postgresql+asyncpg://h/db", "postgresql://h/db"),
        ("postgresql://h/a+b", "postgresql://h/a+b"),
        ("postgres://h/db", "postgres://h/db"),
        ("postgresql://one:1,two:2/db", "postgresql://one:1,two:2/db"),
        ("host=h password=a+b", "host=h password=a+b"),
    ],
)
def test_the_driver_is_taken_out_of_the_address(sqlalchemy: str, libpq: str) -> None:
    """Nothing else is."""
    assert libpq_url(sqlalchemy) == libpq


@pytest.mark.parametrize(
    "address",
    ["mysql://user:s3cret@h/db", "nonsense s3cret", "postgresql://[s3cret", "sqlite:///s3cret"],
)
def test_what_is_no_address_is_refused_without_its_password(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever reads it, from the environment or handed on."""
    monkeypatch.setenv("DATABASE_URL", address)

    with pytest.raises(NotADatabaseAddress) as told:
        DatabaseSettings().libpq_url()

    assert "s3cret" not in str(told.value)
    assert told.value.__cause__ is None


def test_no_address_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    """Set one, or run the stack."""
    monkeypatch.setenv("DATABASE_URL", "")

    with pytest.raises(DatabaseNotConfigured, match="DATABASE_URL or run `mumaris up`"):
        DatabaseSettings().libpq_url()
