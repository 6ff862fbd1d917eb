"""Mail through the configured server. One message a connection: the worker is in no hurry."""

import smtplib
from contextlib import suppress
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import make_msgid

from helpdesk.policy.delivery import Outgoing, Receipt, Verdict
from helpdesk.settings import MailSettings

TIMEOUT_SECONDS = 10
PERMANENT = range(500, 600)


class SmtpMail:
    """Sends by SMTP. A recipient or a mail refused for good is not tried again; the server's own trouble is."""

    def __init__(self, settings: MailSettings) -> None:
        self._settings = settings

    def send(self, message: Outgoing) -> Receipt:
        """Try once. The provider's id is the Message-ID."""
        try:
            mail = self._composed(message)
        except Exception as problem:  # the library raises of all kinds for what is no address
            return Receipt(Verdict.REFUSED, "smtp", error=f"cannot be composed: {type(problem).__name__}")
        try:
            self._deliver(mail)
        except smtplib.SMTPRecipientsRefused as refusal:
            code, words = next(iter(refusal.recipients.values()))
            return self._failed(code, words.decode(errors="replace"))
        except smtplib.SMTPDataError as refusal:
            return self._failed(refusal.smtp_code, str(refusal.smtp_error))
        except OSError as problem:
            return Receipt(Verdict.RETRY, "smtp", error=f"{type(problem).__name__}: {problem}")
        return Receipt(Verdict.SENT, "smtp", provider_id=mail["Message-ID"])

    def _deliver(self, mail: EmailMessage) -> None:
        server = smtplib.SMTP(self._settings.host, self._settings.port, timeout=TIMEOUT_SECONDS)
        try:
            server.send_message(mail)
        finally:
            # Whatever the server says to goodbye: a mail that it took must not go out again.
            with suppress(OSError):
                server.quit()
            server.close()

    def _composed(self, message: Outgoing) -> EmailMessage:
        mail = EmailMessage()
        mail["Subject"] = " ".join(message.subject.splitlines())
        mail["From"] = self._settings.sender
        mail["To"] = Address(addr_spec=message.recipient)
        mail["Message-ID"] = make_msgid(domain=self._settings.sender.rpartition("@")[2])
        mail["Auto-Submitted"] = "auto-generated"
        mail.set_content(message.body)
        return mail

    def _failed(self, code: int, words: str) -> Receipt:
        verdict = Verdict.REFUSED if code in PERMANENT else Verdict.RETRY
        return Receipt(verdict, "smtp", error=f"{code} {words}")
