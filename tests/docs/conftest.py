"""The scripts of `docs/`, and the site that they build, once for the file that asks."""

import importlib
import subprocess
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest


@pytest.fixture(scope="module")
def scripts() -> Iterator[Path]:
    """Where the scripts are imported from."""
    docs = Path(__file__).resolve().parents[2] / "docs"
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(docs))
        yield docs


@pytest.fixture(scope="module")
def website(scripts: Path) -> ModuleType:
    """`docs/website.py`."""
    return importlib.import_module("website")


@pytest.fixture(scope="module")
def reference(scripts: Path) -> ModuleType:
    """`docs/reference.py`."""
    return importlib.import_module("reference")


@pytest.fixture(scope="module")
def site(website: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site as `make docs` builds it; beside it, in ``docs``, what it was built from."""
    try:
        built: Path = website.build(tmp_path_factory.mktemp("site"))
    except subprocess.CalledProcessError as error:
        pytest.fail(f"zensical found what is not right: {error}")
    return built
