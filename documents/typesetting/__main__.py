"""The child: what a card says as JSON on its input; the sheet as PDF on its output."""

import json
import resource
import sys
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path

import typst
from segno import make_qr

from documents.rendering.confinement import end_with_parent

_CPU_SECONDS = 20
_TEMPLATE = Path(__file__).with_name("card.typ")
#: Amiri: its letters are glyphs of their own, so that a name that is copied from the sheet has them
#: in their order. It has no module that knows its path but the package itself.
_FONTS = "fontpkg_amiri"


def main() -> int:
    """Set one sheet, and end."""
    end_with_parent()
    resource.setrlimit(resource.RLIMIT_CPU, (_CPU_SECONDS, _CPU_SECONDS + 1))
    said = json.load(sys.stdin.buffer)
    said["qr"] = _picture(said.pop("address"))
    compiler = typst.Compiler(
        input=str(_TEMPLATE),
        root=str(_TEMPLATE.parent),
        font_paths=[str(_fonts())],
        ignore_system_fonts=True,
        sys_inputs={"card": json.dumps(said)},
    )
    sheet = compiler.compile(format="pdf")
    if not isinstance(sheet, bytes):
        return 1
    sys.stdout.buffer.write(sheet)
    return 0


def _picture(address: str) -> str:
    drawn = BytesIO()
    make_qr(address, error="m").save(drawn, kind="svg", border=2, xmldecl=False)
    return drawn.getvalue().decode()


def _fonts() -> Path:
    found = find_spec(_FONTS)
    if found is None or found.origin is None:
        raise ModuleNotFoundError(_FONTS)
    return Path(found.origin).with_name("files")


if __name__ == "__main__":
    sys.exit(main())
