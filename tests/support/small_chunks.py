"""The sweep in a hurry, for a worker whose waves have many chunks."""

import tasks.waves.members
from support.hasty_sweep import (
    documents_pass,
    files_pass,
    post_pass,
    sweep_pass,
    webhooks_pass,
    window_pass,
)

__all__ = [
    "documents_pass",
    "files_pass",
    "post_pass",
    "sweep_pass",
    "webhooks_pass",
    "window_pass",
]

vars(tasks.waves.members)["CHUNK"] = 7
