"""What stands against going live: each module looks at one side of an installation."""
