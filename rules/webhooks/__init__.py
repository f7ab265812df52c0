"""Webhooks: what other systems are told of by themselves, where, and how it is signed."""
