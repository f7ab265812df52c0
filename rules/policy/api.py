"""What policy decides about other systems: the table ``[api]``."""

from dataclasses import dataclass, field
from typing import Literal

_AT_LEAST_ONE = {"minimum": 1}


@dataclass(frozen=True, kw_only=True)
class ApiPolicy:
    """How long keys live, what an employer sees, how often a system may call, and its files."""

    #: Days after which a key ends, at the latest.
    key_days: int = field(metadata={"minimum": 1, "maximum": 1_095})
    #: Hours in which the key before works beside a new one.
    key_overlap_hours: int = field(metadata={"maximum": 720})
    #: Requests of its own people that an employer's system sees: those that it handed in itself,
    #: or those too that the people handed in without their employer.
    employers_see: Literal["handed_in", "all"]
    #: Calls of one machine within a minute, counted in each process.
    calls_a_minute: int = field(metadata=_AT_LEAST_ONE)
    #: Bytes of a file of submissions; it is held in memory while it is read.
    file_bytes: int = field(metadata={"minimum": 1_024, "maximum": 67_108_864})
    #: Lines of such a file.
    file_lines: int = field(metadata={"minimum": 1, "maximum": 1_000_000})
    #: Files of one system that are not done.
    files_open: int = field(metadata=_AT_LEAST_ONE)
    #: Days for which is known what became of the rows of a file that is done.
    file_result_days: int = field(metadata={"minimum": 1, "maximum": 366})
