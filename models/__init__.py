"""Rows, named queries and guarded updates; engine and session."""
