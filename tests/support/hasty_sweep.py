"""The sweep in a hurry, for a worker under test: what takes minutes in life takes seconds here."""

from datetime import timedelta

import models.runs
import models.setbacks
import tasks.runs.lost
import tasks.runs.places
import tasks.runs.sweeping
import tasks.runs.waves.mending
from flows.sweep import post_pass, sweep_pass

__all__ = ["post_pass", "sweep_pass"]

vars(models.runs)["QUIET_FOR"] = timedelta(seconds=2)
vars(tasks.runs.sweeping)["QUIET_FOR"] = timedelta(seconds=2)
vars(tasks.runs.sweeping)["FIRST_PAUSE"] = timedelta(seconds=1)
vars(tasks.runs.lost)["SEEN_EVERY"] = timedelta(seconds=1)
vars(tasks.runs.waves.mending)["LOST_FOR"] = timedelta(seconds=1)
vars(tasks.runs.waves.mending)["NOT_TAKEN_FOR"] = timedelta(seconds=3)
vars(tasks.runs.places)["HIDDEN_FOR"] = timedelta(seconds=3)
vars(models.setbacks)["LONGEST_PAUSE"] = timedelta(seconds=2)
