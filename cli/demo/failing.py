"""How the demo fails: loudly, where a step did not happen."""

from rules.errors import Broken


class DemoFailed(Broken):
    """A step of the demo did not happen."""
