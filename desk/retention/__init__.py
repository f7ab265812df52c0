"""Keeping and forgetting: what is removed by policy, and everything held about one person."""
