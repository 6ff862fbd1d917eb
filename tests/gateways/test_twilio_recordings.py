"""Recordings by Twilio's real client from a real server on loopback."""

from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from helpdesk.gateways.twilio_recordings import TwilioRecordings
from helpdesk.policy.uploads import MAX_BYTES
from helpdesk.settings import TwilioSettings
from tests.gateways.test_gateways import Loopback

ACCOUNT = TwilioSettings("AC1", "token", "+15005550006")
SID = "RE" + "0a" * 16
SOUND = b"ID3\x04" + bytes(range(256)) * 700
"""Every byte there is, more than one chunk of reading."""


@contextmanager
def media(
    body: bytes, *, status: int = 200, length: int | None = None, chunk: int = 0
) -> Iterator[tuple[int, list[tuple[str, str]]]]:
    """Serve one body to every request, in chunks without a length if asked; yield the port and what came."""
    seen: list[tuple[str, str]] = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            seen.append((self.path, self.headers["Authorization"]))
            self.send_response(status)
            self.send_header("Content-Type", "audio/mpeg")
            self.send_header("Location", "https://elsewhere.example.com/")
            self.send_header("Connection", "close")
            if not chunk:
                self.send_header("Content-Length", str(len(body) if length is None else length))
                self.end_headers()
                self.wfile.write(body)
                return
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            for start in range(0, len(body), chunk):
                part = body[start : start + chunk]
                self.wfile.write(b"%x\r\n%s\r\n" % (len(part), part))
            self.wfile.write(b"0\r\n\r\n")

        def handle(self) -> None:
            """Let a client that has heard enough hang up."""
            try:
                super().handle()
            except ConnectionError:
                self.close_connection = True

        def log_message(self, *_: object) -> None:
            """Stay silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield server.server_port, seen
    server.shutdown()
    server.server_close()
    thread.join(5)


@pytest.mark.parametrize("chunk", [0, 500])
def test_a_recording_comes_byte_for_byte_from_the_accounts_own_address(chunk: int) -> None:
    with media(SOUND, chunk=chunk) as (port, seen):
        assert TwilioRecordings(ACCOUNT, Loopback(port)).fetch(SID) == SOUND
    assert seen == [
        (f"/2010-04-01/Accounts/AC1/Recordings/{SID}.mp3", f"Basic {b64encode(b'AC1:token').decode()}")
    ]


@pytest.mark.parametrize("status", [302, 401, 404, 429, 500])
def test_what_the_provider_does_not_give_is_not_there_and_no_other_address_is_followed(status: int) -> None:
    with media(b"{}", status=status) as (port, seen):
        assert TwilioRecordings(ACCOUNT, Loopback(port)).fetch(SID) is None
    assert len(seen) == 1


@pytest.mark.parametrize(
    "sid", ["", "RE1", SID.upper(), f"{SID}0", f"{SID}\n", f"../{SID}", "CA" + "0a" * 16, "https://x.example"]
)
def test_what_is_no_recordings_id_is_never_asked_for(sid: str) -> None:
    with media(SOUND) as (port, seen):
        assert TwilioRecordings(ACCOUNT, Loopback(port)).fetch(sid) is None
    assert seen == []


@pytest.mark.parametrize("chunk", [0, 100_000])
@pytest.mark.parametrize(("size", "taken"), [(0, False), (MAX_BYTES, True), (MAX_BYTES + 1, False)])
def test_neither_an_empty_recording_nor_one_over_the_limit_is_taken(
    size: int, taken: bool, chunk: int
) -> None:
    with media(b"x" * size, chunk=chunk) as (port, _):
        assert (TwilioRecordings(ACCOUNT, Loopback(port)).fetch(SID) is not None) is taken


def test_a_recording_cut_short_is_not_taken_for_a_whole_one() -> None:
    with media(SOUND, length=len(SOUND) + 1) as (port, _):
        assert TwilioRecordings(ACCOUNT, Loopback(port)).fetch(SID) is None


def test_a_provider_that_cannot_be_reached_gives_nothing() -> None:
    with media(SOUND) as (port, _):
        pass
    assert TwilioRecordings(ACCOUNT, Loopback(port)).fetch(SID) is None
