"""What people do to a request, each in one transaction."""
