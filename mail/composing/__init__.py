"""Facts become a message."""
