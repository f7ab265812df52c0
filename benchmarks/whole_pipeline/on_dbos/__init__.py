"""The pipeline on DBOS: the worker, and the peer that the benchmark starts."""

#: The application, the workflow and the queue, by which worker and clients know each other.
NAME, WORKFLOW, QUEUE = "mumaris-peer", "profile_update", "requests"
