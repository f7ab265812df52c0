"""How e-mails fare, and what becomes of those that did not arrive."""
