"""When reminders leave, to whom they do not, and how fast: the table ``[reminders]`` of policy."""

from dataclasses import dataclass, field
from functools import cached_property

from rules.policy.reader import ELSEWHERE, PolicyReader
from rules.policy.thresholds import Thresholds, Topic
from rules.policy.working_days import EVERY_DAY, WorkingDays

_AT_LEAST_ONE = {"minimum": 1}
_HOUR = {"minimum": 0, "maximum": 24}


@dataclass(frozen=True, kw_only=True)
class ReminderPolicy:
    """When a card's holder is reminded."""

    #: Days before the last valid day on which a reminder becomes due; 0 is that day itself.
    days_before: tuple[int, ...]
    #: The same for days after it.
    days_after: tuple[int, ...]
    #: Days after the last valid day from which nobody is reminded any more.
    silent_after_days: int = field(metadata=_AT_LEAST_ONE)
    #: Reminders that one address may get on one day.
    letters_per_address_per_day: int = field(metadata=_AT_LEAST_ONE)
    #: Days after which a profile counts as unconfirmed for long; 0 for never.
    confirm_profile_after_days: int
    #: So many days after that its holder is asked again.
    confirm_again_after_days: tuple[int, ...]
    #: Letters about profiles on one day; the others are asked on the next ones. 0 is no limit.
    profile_letters_per_day: int
    #: Hours of Riyadh's day: letters leave from the first until the second.
    send_from_hour: int = field(metadata=_HOUR)
    send_until_hour: int = field(metadata=_HOUR)
    #: Days for which the link of "no more reminders" works, and the one that confirms.
    unsubscribe_days: int = field(metadata=_AT_LEAST_ONE)
    confirm_link_days: int = field(metadata=_AT_LEAST_ONE)
    #: A mailbox that is refused in doubtful words for so many days counts as gone.
    suppress_doubtful_after_days: int = field(metadata=_AT_LEAST_ONE)
    #: Connections to the mail server, and the pace of all of them; 0 is no limit.
    connections: int = field(metadata={"minimum": 1, "maximum": 100})
    letters_per_second: int
    letters_per_second_per_domain: int

    #: The days on which letters leave: those of the whole policy.
    working_days: WorkingDays = field(default=EVERY_DAY, metadata=ELSEWHERE)

    @cached_property
    def card(self) -> Thresholds:
        """When the holder of a card is reminded, counted from its last valid day."""
        days = {*self.days_before, *(-after for after in self.days_after)}
        return Thresholds(tuple(sorted(days, reverse=True)), 1 - self.silent_after_days)

    @cached_property
    def profile(self) -> Thresholds:
        """When somebody is asked to confirm, counted from the last confirmation."""
        first = self.confirm_profile_after_days
        days = {first, *(first + again for again in self.confirm_again_after_days)}
        return Thresholds(tuple(-day for day in sorted(days)) if first else (), None)

    def thresholds(self, topic: Topic) -> Thresholds:
        """Those of the reminders on this topic."""
        return self.card if topic is Topic.CARD else self.profile


def check_reminders(policy: ReminderPolicy, reader: PolicyReader) -> None:
    """Note in the reader what in this table contradicts itself."""
    if not policy.card.days_left:
        reader.refuse("reminders.days_before", "must name at least one day, here or in days_after")
    if any(after >= policy.silent_after_days for after in policy.days_after):
        reader.refuse("reminders.silent_after_days", "must be above every number in days_after")
    if 0 in policy.days_after:
        reader.refuse("reminders.days_after", "must not hold 0: it stands in days_before")
    if 0 in policy.confirm_again_after_days:
        reader.refuse("reminders.confirm_again_after_days", "must not hold 0")
    if policy.send_from_hour >= policy.send_until_hour:
        reader.refuse("reminders.send_until_hour", "must be after send_from_hour")
