"""The error tree.

::

    MumarisError
    ├── (each package adds the facts it can refuse with, named for the fact)

Every error names a fact, carries what is needed to act on it, and reads as one line.
"""


class MumarisError(Exception):
    """Something that a person or a program asked for cannot be done; the message says why."""
