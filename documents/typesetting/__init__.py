"""Sheets that are handed out, set as PDF in a process of its own."""
