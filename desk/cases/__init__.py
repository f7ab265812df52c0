"""Requests as officers and operations see them, put together once for commands and pages."""
