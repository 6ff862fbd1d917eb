"""Text messages through Twilio. What the carrier says later comes to `/telephony/receipts`."""

from requests.exceptions import RequestException
from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client

from helpdesk.policy.delivery import Outgoing, Receipt, Verdict
from helpdesk.settings import TwilioSettings

TIMEOUT_SECONDS = 10
RETRIED = frozenset({429, 20429, 30001, 30003, 30008})
SERVER_ERROR = 500


class TwilioTexts:
    """Sends one text by one request with a time limit; never raises for what the provider says."""

    def __init__(
        self, settings: TwilioSettings, public_base_url: str, http_client: TwilioHttpClient | None = None
    ) -> None:
        self._from = settings.from_number
        self._receipts = f"{public_base_url}/telephony/receipts"
        transport = http_client or TwilioHttpClient(timeout=TIMEOUT_SECONDS)
        self._client = Client(settings.account_sid, settings.auth_token, http_client=transport)

    def send(self, message: Outgoing) -> Receipt:
        """Try once. Source: Twilio's error codes; a bad number or an opt-out is not tried again."""
        try:
            sent = self._client.messages.create(
                to=message.recipient, from_=self._from, body=message.body, status_callback=self._receipts
            )
        except TwilioRestException as refusal:
            later = refusal.code in RETRIED or refusal.status >= SERVER_ERROR
            verdict = Verdict.RETRY if later else Verdict.REFUSED
            return Receipt(verdict, "twilio", error=f"{refusal.code} {refusal.msg}")
        except (TwilioException, RequestException, OSError, ValueError) as problem:  # ValueError: no JSON
            return Receipt(Verdict.RETRY, "twilio", error=type(problem).__name__)
        return Receipt(Verdict.SENT, "twilio", provider_id=sent.sid)
