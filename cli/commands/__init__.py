"""What is typed: commands, arguments and their helps."""
