"""What the commands do; imported when one of them runs."""
