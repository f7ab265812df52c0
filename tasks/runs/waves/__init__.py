"""Making waves, seeing that they are carried, and what they have left."""
