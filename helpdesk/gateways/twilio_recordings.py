"""Recorded messages from Twilio. Asked for by their id alone: an address that came with a call is not followed."""

import re
from io import BytesIO
from typing import Any

from requests import Response
from requests.exceptions import RequestException
from twilio.base.exceptions import TwilioException
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client

from helpdesk.policy.uploads import MAX_BYTES
from helpdesk.settings import TwilioSettings

TIMEOUT_SECONDS = 10
CHUNK_BYTES = 64 * 1024
FOUND = 200
RECORDING_SID = re.compile(r"RE[0-9a-f]{32}")
ADDRESS = "https://api.twilio.com/2010-04-01/Accounts/{account}/Recordings/{sid}.mp3"
BYTE_FOR_CHARACTER = "latin-1"


class TwilioRecordings:
    """Fetches one recording by one request with a time limit; never raises for what the provider says."""

    def __init__(self, settings: TwilioSettings, http_client: TwilioHttpClient | None = None) -> None:
        transport = http_client or TwilioHttpClient(timeout=TIMEOUT_SECONDS)
        transport.request_hooks = {"response": _unharmed}
        self._account = settings.account_sid
        self._client = Client(settings.account_sid, settings.auth_token, http_client=transport)

    def fetch(self, recording_sid: str) -> bytes | None:
        """Return the MP3, at most `MAX_BYTES` long, or None when it cannot be had now.

        Source: Twilio's Recordings resource; the media is under the resource's address with `.mp3`.
        """
        if not RECORDING_SID.fullmatch(recording_sid):
            return None
        address = ADDRESS.format(account=self._account, sid=recording_sid)
        try:
            answer = self._client.request("GET", address, headers={"Accept": "audio/mpeg"})
        except (TwilioException, RequestException, OSError):
            return None
        content: bytes = answer.text.encode(BYTE_FOR_CHARACTER)
        return content if answer.status_code == FOUND and 0 < len(content) <= MAX_BYTES else None


def _unharmed(answer: Response, *_: Any, **__: Any) -> Response:
    """Return an answer whose text has a character for each byte, read no further than just past the limit.

    Twilio's client gives the body as text alone; in a guessed encoding sound would not survive that.
    """
    body = bytearray()
    for chunk in answer.iter_content(CHUNK_BYTES):
        body += chunk
        if len(body) > MAX_BYTES:
            break
    answer.close()
    kept = Response()
    kept.status_code, kept.encoding, kept.raw = answer.status_code, BYTE_FOR_CHARACTER, BytesIO(body)
    return kept
