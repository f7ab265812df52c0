"""The sweep in a hurry, for a worker whose waves have many chunks."""

import flows.wave
from support.hasty_sweep import post_pass, sweep_pass

__all__ = ["post_pass", "sweep_pass"]

vars(flows.wave).update(FIRST=7, next_size=lambda size, *_: size)
