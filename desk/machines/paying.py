"""What a payment gateway or a bank's file reports."""

from datetime import date, datetime

from desk.accounts.machine_keys import Calling
from desk.cases.standing import Standing, standing_of
from desk.requests.payments import AmountDiffers, record_payment
from rules.accounts.machines import MachineAct
from rules.errors import Refused
from rules.findings.problems import Problem, problem
from rules.values.money import AmountInBoth, Money


class PaidAnotherAmount(Refused):
    """What was paid is less than the bill asks for, or more; ``problems`` says by how much."""

    def __init__(self, asked: Money, paid: Money) -> None:
        difference = Money(abs(asked.minor - paid.minor), asked.currency)
        code = "paid_too_little" if paid.minor < asked.minor else "paid_too_much"
        self.problems: tuple[Problem, ...] = (
            problem(code, "amount", difference=AmountInBoth(difference)),
        )
        super().__init__(self.problems[0].sentence.en)
        self.asked, self.paid, self.difference = asked, paid, difference


async def report_payment(
    calling: Calling, bill: str, amount: Money, *, paid_on: date, now: datetime
) -> Standing:
    """Record that a bill was paid, whole; reported again with the same day, it changes nothing.

    Another amount is recorded nowhere: `PaidAnotherAmount` says what is missing or too much, for
    whoever has the money to act on. Raises `NotForThisMachine`, and as
    `desk.requests.payments.record_payment`.
    """
    calling.refuse_unless(MachineAct.REPORT_PAYMENT)
    try:
        return standing_of(await record_payment(bill, amount, paid_on=paid_on, now=now))
    except AmountDiffers as differs:
        if differs.asked.currency != amount.currency:
            raise
        raise PaidAnotherAmount(differs.asked, amount) from None
