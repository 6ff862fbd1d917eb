"""How a message leaves: the Protocol of every provider, and the console twin that sends nothing."""

import logging
from typing import Protocol

from helpdesk.policy.delivery import Outgoing, Receipt, Verdict

log = logging.getLogger(__name__)


class MessageGateway(Protocol):
    """Sends one message. Never raises for what the provider says: the receipt tells."""

    def send(self, message: Outgoing) -> Receipt:
        """Try once to send, with a time limit of its own."""


class ConsoleGateway:
    """Sends nothing: staff read the message in the outbox view. The default."""

    def send(self, message: Outgoing) -> Receipt:
        """Return a receipt at once; the log names the message, never its words or its recipient."""
        log.info("message %s taken by the console", message.id)
        return Receipt(Verdict.SENT, provider="console", provider_id=f"console-{message.id}")
