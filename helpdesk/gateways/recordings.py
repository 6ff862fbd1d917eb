"""Where recorded messages of callers come from: the Protocol of every telephony provider."""

from typing import Protocol


class RecordingGateway(Protocol):
    """Fetches one recording. Never raises for what the provider says: None tells that it did not come."""

    def fetch(self, recording_sid: str) -> bytes | None:
        """Try once, with a time limit of its own; return the MP3, or None when it cannot be had now."""
