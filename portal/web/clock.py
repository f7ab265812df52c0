"""The instant of a page, as one dependency that tests override."""

from datetime import datetime
from typing import Annotated

from fastapi import Depends

from desk.clock import utc_now


async def present() -> datetime:
    """This instant; async, as FastAPI would take a thread for a plain function."""
    return utc_now()


Now = Annotated[datetime, Depends(present)]
