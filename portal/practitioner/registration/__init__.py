"""Register for the first time: come in by a code, write it part by part, review, send, follow."""
