"""The steps of a request, each one effect."""
