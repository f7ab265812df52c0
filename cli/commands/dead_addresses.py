"""`mumaris account`, for whoever cannot read the address on file any more."""

from typing import Annotated

import typer

from cli.options import AsJson, Lang, LanguageOption, Limit
from rules.accounts.address_changes import ProofSeen

Whose = Annotated[
    str,
    typer.Argument(metavar="NUMBER", help="The registration number, with its dash or without it."),
]
Seen = Annotated[
    ProofSeen, typer.Option("--seen", help="The original that the person showed; keep no copy.")
]


def record_address(
    number: Whose,
    *,
    seen: Seen,
    as_json: AsJson = False,
    lang: Lang = LanguageOption.EN,
) -> None:
    """Record a new e-mail address, having seen proof of identity.

    The new address is read from the terminal, or from standard input. Nothing changes until a
    second officer confirms it, within the hours that policy says. Both officers' accounts have the
    role officer or supervisor, and neither changes their own address.

    Example: mumaris account record-address 20-104567 --seen passport
    """
    from cli.work import dead_addresses as work

    work.record(number, seen, as_json=as_json, language=lang)


def confirm_address(
    number: Whose, *, as_json: AsJson = False, lang: Lang = LanguageOption.EN
) -> None:
    """Confirm a new e-mail address, as a second officer.

    The address is typed again, and must be the one that the first officer recorded. It is then the
    address on file; both addresses get an e-mail, the person's sessions end, and the first sign-in
    sends its link there.

    Example: mumaris account confirm-address 20-104567
    """
    from cli.work import dead_addresses as work

    work.confirm(number, as_json=as_json, language=lang)


def refuse_address(number: Whose, *, as_json: AsJson = False) -> None:
    """Take away a new e-mail address that waits to be confirmed.

    Nothing has changed. The first officer may do it too.

    Example: mumaris account refuse-address 20-104567
    """
    from cli.work import dead_addresses as work

    work.refuse(number, as_json=as_json)


def addresses(*, limit: Limit = 50, as_json: AsJson = False) -> None:
    """List new e-mail addresses that wait for a second officer.

    Oldest first. The addresses themselves are not shown.

    Example: mumaris account addresses --json
    """
    from cli.work import dead_addresses as work

    work.list_waiting(limit, as_json=as_json)
