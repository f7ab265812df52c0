"""The processes: step names in order. No SQL, no SMTP."""
