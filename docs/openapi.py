"""Writes docs/openapi.json: ``python docs/openapi.py``. A test holds that it is what is served."""

import json
from pathlib import Path

from portal.api.document import document

FILE = Path(__file__).with_name("openapi.json")


def written() -> str:
    """The document as the file holds it."""
    return json.dumps(document(), ensure_ascii=False, indent=1) + "\n"


if __name__ == "__main__":
    FILE.write_text(written(), encoding="utf-8")
