"""The pages that need no sign-in: links in e-mails, and tracking."""
