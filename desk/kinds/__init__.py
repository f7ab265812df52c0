"""What differs between the kinds of request."""
