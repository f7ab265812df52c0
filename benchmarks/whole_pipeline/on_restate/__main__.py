"""The pipeline on Restate: ``python -m benchmarks.whole_pipeline.on_restate PORT``.

As its documentation has it: a workflow, a `run` for each effect, a durable promise where it waits,
and a handler that resolves it, served over HTTP/2 by Hypercorn.
"""

import asyncio
import sys

import restate
from hypercorn.asyncio import serve
from hypercorn.config import Config

from benchmarks.whole_pipeline.one_request import GATE, LINK, check, confirm, number, write
from stack.ports import HOST

profile_update = restate.Workflow("ProfileUpdate")


@profile_update.main()
async def run(ctx: restate.WorkflowContext, tracking_code: str) -> None:
    """Carry one request as our flow of this name does."""
    await ctx.run_typed("validate", check, tracking_code=tracking_code)
    await ctx.promise(GATE).value()
    await ctx.run_typed("issue reference", number, tracking_code=tracking_code)
    await ctx.run_typed("send activation e-mail", write, tracking_code=tracking_code)
    await ctx.promise(LINK).value()
    await ctx.run_typed("in force", confirm, tracking_code=tracking_code)


@profile_update.handler()
async def decided(ctx: restate.WorkflowSharedContext) -> None:
    """Officers have decided."""
    await ctx.promise(GATE).resolve("decided")


def main(port: int) -> None:
    """Serve until told to end."""
    config = Config()
    config.bind = [f"{HOST}:{port}"]
    asyncio.run(serve(restate.app([profile_update]), config))


if __name__ == "__main__":
    main(int(sys.argv[1]))
