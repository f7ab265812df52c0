"""Reminders, their outbox, and who gets none."""
