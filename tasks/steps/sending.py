"""Send what a step has just owed, and say in the run's log where it waits."""

from uuid import UUID

from prefect.context import TaskRunContext
from prefect.logging import get_run_logger

from desk.clock import utc_now
from tasks.letter_delivery import deliver_letters
from tasks.mail_news import is_mail_away


async def send_owed(request_id: UUID) -> None:
    """Send the request's e-mails now; what does not leave is the sweep's, and the run goes on."""
    await deliver_letters(now=utc_now(), request_id=request_id)
    if TaskRunContext.get() is not None and await is_mail_away():
        get_run_logger().warning("Mail does not leave: the e-mail waits, and the request goes on")
