"""The pipeline on Restate: the worker, and the peer that the benchmark starts."""
