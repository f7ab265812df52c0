"""What the child says: frames of a kind (one byte), a length (four) and as many bytes."""

import json
import struct
from collections.abc import Mapping
from typing import Any, BinaryIO

HEAD = struct.Struct(">cI")
#: One page, as JPEG.
PAGE = b"P"
#: All pages have been said: ``{"notes": […]}``.
DONE = b"D"
#: The file cannot be used: ``{"fault": …, "facts": {…}}``.
FAULT = b"F"
#: What the child ends with where the kernel does not keep it in.
NOT_CONFINED = 3
#: More than any page of ours takes: the child may have been taken over by what it reads.
MOST_BYTES = 16 * 1024 * 1024


def say(out: BinaryIO, kind: bytes, content: bytes) -> None:
    """Say one frame."""
    out.write(HEAD.pack(kind, len(content)) + content)
    out.flush()


def say_facts(out: BinaryIO, kind: bytes, facts: Mapping[str, Any]) -> None:
    """Say one frame of facts."""
    say(out, kind, json.dumps(facts).encode())
