"""What each letter says: one frozen class per letter."""
