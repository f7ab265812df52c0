"""The rules of reminders."""
