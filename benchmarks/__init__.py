"""Measured, not claimed: each module is run by itself and prints a table."""
