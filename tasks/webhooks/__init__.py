"""Webhooks: their part of the one way of `tasks.sending`, to receivers that nobody vouches for."""
