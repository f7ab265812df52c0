"""A bell that one loop waits for and anybody may ring."""

import asyncio


class Bell:
    """Coalesces rings: however many come while the loop is busy, it goes round once more."""

    def __init__(self) -> None:
        self._rung = asyncio.Event()

    def ring(self) -> None:
        """Wake the waiting loop, or make its next wait return at once."""
        self._rung.set()

    async def wait(self, seconds: float) -> bool:
        """Whether the bell was rung; False after so many silent seconds."""
        try:
            async with asyncio.timeout(seconds):
                await self._rung.wait()
        except TimeoutError:
            return False
        self._rung.clear()
        return True
