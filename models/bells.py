"""The PostgreSQL channels that say "look again". They carry no data, and a lost ring is no loss."""

#: A request moved: whoever waits for it, and the sweep, should look.
DOORBELL = "mumaris_doorbell"
#: A run was made or woken: a worker should look for runs.
RUN_BELL = "mumaris_runs"
