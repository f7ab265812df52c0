"""The rules of a profile update."""
