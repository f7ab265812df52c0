"""House-keeping that is killed while it carries a file: work for `support.dying`."""

import desk.machines.carrying
from desk.clock import utc_now
from desk.machines.carrying import carry_files

#: A file of a few rows has several chunks to die in.
CHUNK = 2


async def carry() -> None:
    """Carry the files that wait."""
    vars(desk.machines.carrying)["TOGETHER"] = CHUNK
    await carry_files(clock=utc_now)
