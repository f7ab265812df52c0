"""Documents as rules see them: their states, whether a request may name one, and when each ends."""
