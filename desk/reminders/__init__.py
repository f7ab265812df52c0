"""Reminders: planned, explained, refused, taken back."""
