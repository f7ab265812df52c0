"""The e-mails of requests and accounts, on their way out."""

from mail.facts.account_letters import ACCOUNT_LETTERS
from mail.facts.request_letters import REQUEST_LETTERS
from mail.facts.stored import secrets_of
from tasks.letter_delivery import PAGES


def test_every_link_in_an_e_mail_has_its_page() -> None:
    """One without would keep its e-mail from ever being composed; a code leads nowhere."""
    links = {link for letter in REQUEST_LETTERS | ACCOUNT_LETTERS for link in secrets_of(letter)}

    assert links - {"code"} == set(PAGES)
