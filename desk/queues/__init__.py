"""The queues of the review desk: what waits, and what an officer is given next."""
