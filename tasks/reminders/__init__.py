"""A day's reminders, from the plan to the stamped letter; `run` is the whole of it."""
