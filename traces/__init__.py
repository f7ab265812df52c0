"""Traces by OpenTelemetry: one for each request, from the press to its last e-mail."""
