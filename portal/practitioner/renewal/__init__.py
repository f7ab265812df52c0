"""Start professional re-registration: Apply now, what it needs and costs, documents, review."""
