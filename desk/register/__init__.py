"""The register: loaded from files, and the cards on it."""
