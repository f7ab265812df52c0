"""Accounts, their links, sessions and known browsers, and the counts of misses."""
