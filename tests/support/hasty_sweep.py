"""The sweep in a hurry, for a worker under test: what takes minutes in life takes seconds here."""

from datetime import timedelta

import models.runs
import models.setbacks
import tasks.lost_runs
import tasks.run_places
import tasks.sweeping
from flows.sweep import post_pass, sweep_pass

__all__ = ["post_pass", "sweep_pass"]

vars(models.runs)["QUIET_FOR"] = timedelta(seconds=2)
vars(tasks.sweeping)["QUIET_FOR"] = timedelta(seconds=2)
vars(tasks.sweeping)["FIRST_PAUSE"] = timedelta(seconds=1)
vars(tasks.lost_runs)["SEEN_EVERY"] = timedelta(seconds=1)
vars(tasks.run_places)["HIDDEN_FOR"] = timedelta(seconds=3)
vars(models.setbacks)["LONGEST_PAUSE"] = timedelta(seconds=2)
