"""Values as people type them, each read by one rule into one form."""
