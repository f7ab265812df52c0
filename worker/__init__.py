"""The Prefect worker type `mumaris-inprocess`: runs our flows warm, inside the worker's process.

Prefect finds it by the entry point group `prefect.collections`; importing this package registers
the type. Start one with ``prefect worker start --pool mumaris --type mumaris-inprocess``.
"""

from worker.in_process import InProcessWorker

__all__ = ["InProcessWorker"]
