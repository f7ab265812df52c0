"""Whether a machine hears of a request: by the rule by which it sees one."""

from desk.machines.own_people import sees_its_own_alone
from models.webhook_outbox import HeldWebhook
from rules.accounts.machines import MachineKind


def may_hear(webhook: HeldWebhook) -> bool:
    """As `desk.machines.own_people.own_request` lets it see the request, as things stand now."""
    if webhook.is_revoked:
        return False
    if webhook.machine_kind is MachineKind.HOUSE:
        return True
    if webhook.machine_kind is not MachineKind.EMPLOYER or not webhook.is_of_own_people:
        return False
    return webhook.is_its_own or not sees_its_own_alone()
