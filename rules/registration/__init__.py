"""The rules of a first registration."""
