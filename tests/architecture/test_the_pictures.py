"""Every committed picture can be taken again: `docs/screenshots.py` takes it."""

import re

import pytest

from stack.local import ROOT

PICTURES = ROOT / "docs" / "pictures"
SCRIPTS = (ROOT / "docs" / "screenshots.py", ROOT / "docs" / "tutorial_pictures.py")
#: A name that a picture is shot under, or that it is saved as.
_NAMED = re.compile(r'shoot(?:_part)?\([a-z]+, "([a-z/-]+)"|PICTURES / "([a-z/-]+)\.png"')
TAKEN = {
    one or other
    for script in SCRIPTS
    for one, other in _NAMED.findall(script.read_text(encoding="utf-8"))
}
COMMITTED = sorted(
    str(picture.relative_to(PICTURES).with_suffix("")) for picture in PICTURES.rglob("*.png")
)


@pytest.mark.parametrize("picture", COMMITTED)
def test_a_committed_picture_is_taken_again(picture: str) -> None:
    """One that is not shows what was there long ago."""
    assert picture in TAKEN


def test_what_is_taken_is_committed() -> None:
    """Under the very same names."""
    assert set(COMMITTED) == TAKEN
