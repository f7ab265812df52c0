"""A message is delivered, and what the mail server answers is judged."""
