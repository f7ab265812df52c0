"""The `mumaris` command: what operations and officers do from a shell.

It writes and reads our tables through the desk, so all of it works while Prefect is down.
"""
