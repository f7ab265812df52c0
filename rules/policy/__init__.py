"""The numbers and choices of whoever runs this, read from one file."""
