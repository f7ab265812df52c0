"""What every kind of request has in common: its statuses, its review, its documents."""
