"""What policy decides about the card that is handed out.

The schema of the table ``[card]``; sources stand in ``policy.toml``.
"""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, kw_only=True)
class CardPolicy:
    """How the card reaches whoever it is of."""

    #: In the e-mail that says that it is in force: a link to its page alone, or its PDF as well.
    in_email: Literal["linked", "attached"]
