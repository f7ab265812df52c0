"""What the README says is so."""

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest
from pydantic_settings import BaseSettings

from documents.settings import DocumentSettings
from identity.settings import IdentitySettings
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


def picture_of(repository: Path) -> ModuleType:
    """`docs/picture.py`, which is a script."""
    spec = importlib.util.spec_from_file_location("picture", repository / "docs" / "picture.py")
    assert spec is not None
    assert spec.loader is not None
    picture = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(picture)
    return picture


def test_the_pictures_are_drawn_from_the_code(repository: Path) -> None:
    """A flow or a transition that changed is drawn anew: python docs/picture.py."""
    picture = picture_of(repository)
    readme = (repository / "README.md").read_text(encoding="utf-8")

    assert picture.drawn(readme) == readme


def test_the_straight_way_leaves_out_what_only_some_requests_pass(repository: Path) -> None:
    """Corrections and payments are side ways; a correction leads back to validation."""
    drawn = picture_of(repository).pipelines()
    ways = re.findall(r"card_renewal_(\w+) (-->|-\. .+ \.->) card_renewal_(\w+)", drawn)

    solid = {(one, other) for one, way, other in ways if way == "-->"}
    dashed = {(one, other): way.strip("-.> ") for one, way, other in ways if way != "-->"}
    assert {
        ("review_gate", "issue_reference"),
        ("issue_reference", "send_activation_email"),
    } < solid
    assert dashed == {
        ("review_gate", "correction"): "returned",
        ("correction", "validate"): "corrected",
        ("issue_reference", "ask_for_payment"): "if policy asks",
    }


@pytest.mark.parametrize(
    "settings", [DatabaseSettings, DocumentSettings, IdentitySettings, MailSettings, WorkerSettings]
)
def test_every_setting_is_in_the_table(repository: Path, settings: type[BaseSettings]) -> None:
    """Who configures an installation reads one table."""
    readme = (repository / "README.md").read_text(encoding="utf-8")

    missing = [name for name in names_of(settings) if f"`{name}`" not in readme]

    assert missing == []
