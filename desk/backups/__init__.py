"""Backups: both databases and the documents in one folder, and what a restored one begins with."""
