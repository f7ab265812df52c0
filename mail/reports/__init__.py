"""What comes back: delivery reports, read."""
