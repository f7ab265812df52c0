"""What officers get of a page, by role."""

from rules.accounts.kinds import Role


def operators(status: int) -> dict[Role, int]:
    """This for those who keep everything going, and a refusal for the others."""
    return {role: status if role in {Role.OPERATOR, Role.SUPERVISOR} else 403 for role in Role}


def reviewers(status: int) -> dict[Role, int]:
    """This for those who decide requests, and a refusal for the others."""
    return {role: status if role in {Role.OFFICER, Role.SUPERVISOR} else 403 for role in Role}
