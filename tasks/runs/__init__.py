"""The Prefect run behind a request: made, woken, mended and shown."""
