"""What the README says is so."""

import importlib.util
from pathlib import Path

import pytest
from pydantic_settings import BaseSettings

from mail.settings import MailSettings
from models.settings import DatabaseSettings
from worker.settings import WorkerSettings


def names_of(settings: type[BaseSettings]) -> list[str]:
    """The environment variables that these settings are read from."""
    prefix = settings.model_config.get("env_prefix", "")
    return [
        str(field.validation_alias or f"{prefix}{name}".upper())
        for name, field in settings.model_fields.items()
    ]


def test_the_pictures_are_drawn_from_the_code(repository: Path) -> None:
    """A flow or a transition that changed is drawn anew: python docs/picture.py."""
    spec = importlib.util.spec_from_file_location("picture", repository / "docs" / "picture.py")
    assert spec is not None
    assert spec.loader is not None
    picture = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(picture)
    readme = (repository / "README.md").read_text(encoding="utf-8")

    assert picture.drawn(readme) == readme


@pytest.mark.parametrize("settings", [DatabaseSettings, MailSettings, WorkerSettings])
def test_every_setting_is_in_the_table(repository: Path, settings: type[BaseSettings]) -> None:
    """Who configures an installation reads one table."""
    readme = (repository / "README.md").read_text(encoding="utf-8")

    missing = [name for name in names_of(settings) if f"`{name}`" not in readme]

    assert missing == []
