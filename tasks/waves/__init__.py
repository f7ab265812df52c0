"""Waves: many requests of one kind, carried by one run."""
