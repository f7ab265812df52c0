"""Who may do what with a file, by its mode."""


def others_may_use(mode: int) -> bool:
    """Whether anybody but its owner may read, write or run it; ``mode`` is that of its status."""
    return bool(mode & 0o077)
