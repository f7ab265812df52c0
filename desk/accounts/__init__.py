"""Accounts: how somebody gets a password, signs in and out, and what is counted meanwhile."""
