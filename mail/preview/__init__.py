"""Every letter with invented facts, to be looked at."""
