"""The pages of the authority's own people."""
