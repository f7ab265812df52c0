"""How a page says that something is to be tried later: with a header that programs heed."""

from datetime import datetime
from math import ceil


def retry_after(again_at: datetime, now: datetime) -> dict[str, str]:
    """The header of an answer that something may be tried again from this instant on."""
    return {"Retry-After": str(max(1, ceil((again_at - now).total_seconds())))}
