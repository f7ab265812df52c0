"""What the command does with documents."""
