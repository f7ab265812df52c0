"""Whether the mail server takes us: asked without an e-mail."""

from aiosmtplib import SMTPAuthenticationError, SMTPException, SMTPResponseException

from mail.addresses import envelope_address
from mail.delivering.courier import smtp_client
from mail.settings import MailSettings


async def trouble_with_server(settings: MailSettings) -> str | None:
    """Connect, begin TLS and sign in as the sender does, and leave again.

    Why that failed, without what the server said and without a secret; None where it did not.
    Raises `mail.addresses.AddressMalformed` for a sender that is no address.
    """
    client = smtp_client(settings, envelope_address(settings.mail_from, "From"))
    try:
        async with client:
            await client.ehlo()
    except SMTPAuthenticationError as refusal:
        return f"it does not let us sign in ({refusal.code})"
    except SMTPResponseException as refusal:
        return f"it answers {refusal.code}"
    except (SMTPException, OSError) as error:
        return f"it cannot be reached ({type(error).__name__})"
    return None
