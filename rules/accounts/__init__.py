"""Accounts: who somebody is, what a password must be, how long a session lives, what is counted."""
