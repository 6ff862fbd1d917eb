"""Mail through the configured server. One message a connection: the worker is in no hurry."""

import smtplib
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import make_msgid

from helpdesk.policy.delivery import Outgoing, Receipt, Verdict
from helpdesk.settings import MailSettings

TIMEOUT_SECONDS = 10
PERMANENT = range(500, 600)


class SmtpMail:
    """Sends by SMTP; what the server refuses for good is not tried again."""

    def __init__(self, settings: MailSettings) -> None:
        self._settings = settings

    def send(self, message: Outgoing) -> Receipt:
        """Try once. The provider's id is the Message-ID."""
        try:
            mail = self._composed(message)
        except (ValueError, IndexError) as problem:
            return Receipt(Verdict.REFUSED, "smtp", error=f"no usable address: {type(problem).__name__}")
        try:
            with smtplib.SMTP(self._settings.host, self._settings.port, timeout=TIMEOUT_SECONDS) as server:
                server.send_message(mail)
        except smtplib.SMTPRecipientsRefused as refusal:
            code, words = next(iter(refusal.recipients.values()))
            return self._failed(code, words.decode(errors="replace"))
        except smtplib.SMTPResponseException as refusal:
            return self._failed(refusal.smtp_code, str(refusal.smtp_error))
        except OSError as problem:
            return Receipt(Verdict.RETRY, "smtp", error=f"{type(problem).__name__}: {problem}")
        return Receipt(Verdict.SENT, "smtp", provider_id=mail["Message-ID"])

    def _composed(self, message: Outgoing) -> EmailMessage:
        mail = EmailMessage()
        mail["Subject"] = message.subject.replace("\r", " ").replace("\n", " ")
        mail["From"] = self._settings.sender
        mail["To"] = Address(addr_spec=message.recipient)
        mail["Message-ID"] = make_msgid(domain=self._settings.sender.rpartition("@")[2])
        mail["Auto-Submitted"] = "auto-generated"
        mail.set_content(message.body)
        return mail

    def _failed(self, code: int, words: str) -> Receipt:
        verdict = Verdict.REFUSED if code in PERMANENT else Verdict.RETRY
        return Receipt(verdict, "smtp", error=f"{code} {words}")
