"""The HTTP API for other systems, `/api/v1`: an application of its own below the portal."""
