"""What is on file about a practitioner: profile and card, and the official record beside it."""
