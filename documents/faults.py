"""Why a file cannot be used: each a value, for a sentence with its cure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Fault(StrEnum):
    """What is wrong with a file. Whoever sent it can put each of these right, or send it again."""

    EMPTY = "empty"
    #: ``limit_bytes``: what is allowed. How large the file is was not read to its end.
    TOO_BIG = "too_big"
    #: Not of a type that the caller accepts, by its content.
    WRONG_TYPE = "wrong_type"
    #: It is of an accepted type and, to another program, of another type as well.
    TWO_TYPES = "two_types"
    #: It opens with a password only.
    PROTECTED = "protected"
    DAMAGED = "damaged"
    #: ``pages`` and ``limit_pages``.
    TOO_MANY_PAGES = "too_many_pages"
    #: More points than are drawn: ``limit_pixels``.
    TOO_LARGE_A_PICTURE = "too_large_a_picture"
    #: Showing it took more time or memory than any honest document needs.
    TOO_COSTLY = "too_costly"


class Note(StrEnum):
    """What an officer is told of a file that can be used."""

    #: It would run something, or send something away, where it is opened. Its pictures do not.
    HAS_SCRIPTS = "has_scripts"
    #: It carries other files, which nobody has looked at.
    HAS_ATTACHMENTS = "has_attachments"


@dataclass(frozen=True)
class Unusable:
    """A file that cannot be used, and what its sentence says."""

    fault: Fault
    facts: Mapping[str, int] = field(default_factory=dict)
