"""Uploaded documents: their rows, the door that moves them, their history and their ends."""
