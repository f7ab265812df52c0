"""The pages of practitioners who sign in, and those by which they come to that."""
