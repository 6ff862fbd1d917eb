"""The real clients against real servers on loopback."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from twilio.http.http_client import TwilioHttpClient

from helpdesk.gateways.file_store import FolderStore
from helpdesk.gateways.mail import SmtpMail
from helpdesk.gateways.messages import ConsoleGateway
from helpdesk.gateways.twilio_texts import TwilioTexts
from helpdesk.policy.delivery import Outgoing, Verdict
from helpdesk.policy.notices import MessageChannel
from helpdesk.settings import MailSettings, TwilioSettings

TEXT = Outgoing(1, MessageChannel.SMS, "+886900000123", "", "【單一服務窗口】測試", 1)
MAIL = Outgoing(2, MessageChannel.EMAIL, "a@example.com", "C115-000001-4 有新的回覆", "您好\n內容", 1)
ACCOUNT = TwilioSettings("AC1", "token", "+15005550006")


class Loopback(TwilioHttpClient):
    """Twilio's own client, sent to a server of the test."""

    def __init__(self, port: int) -> None:
        super().__init__(timeout=5)
        self._port = port

    def request(self, method: str, url: str, *args: Any, **kwargs: Any) -> Any:
        """Rewrite scheme and host alone."""
        parts = urlsplit(url)
        return super().request(method, f"http://127.0.0.1:{self._port}{parts.path}", *args, **kwargs)


@contextmanager
def provider(status: int, body: dict[str, Any] | str) -> Iterator[tuple[int, list[dict[str, list[str]]]]]:
    """Serve one answer to every request; yield the port and the forms that came."""
    seen: list[dict[str, list[str]]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            seen.append(parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode()))
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write((body if isinstance(body, str) else json.dumps(body)).encode())

        def log_message(self, *_: Any) -> None:
            """Stay silent."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server.server_port, seen
    server.shutdown()
    server.server_close()
    thread.join(5)


def test_a_text_goes_out_with_its_receipts_address_and_comes_back_with_its_id() -> None:
    with provider(201, {"sid": "SM1", "status": "queued"}) as (port, seen):
        receipt = TwilioTexts(ACCOUNT, "https://desk.example.com", Loopback(port)).send(TEXT)
    assert (receipt.verdict, receipt.provider_id) == (Verdict.SENT, "SM1")
    assert seen[0]["To"] == [TEXT.recipient]
    assert seen[0]["Body"] == [TEXT.body]
    assert seen[0]["StatusCallback"] == ["https://desk.example.com/telephony/receipts"]


@pytest.mark.parametrize(
    ("status", "code", "verdict"),
    [
        (400, 21211, Verdict.REFUSED),
        (400, 21610, Verdict.REFUSED),
        (401, 20003, Verdict.REFUSED),
        (429, 20429, Verdict.RETRY),
        (503, 20500, Verdict.RETRY),
    ],
)
def test_what_the_provider_refuses_is_final_and_what_is_its_trouble_is_tried_again(
    status: int, code: int, verdict: Verdict
) -> None:
    with provider(status, {"code": code, "message": "no", "status": status}) as (port, _):
        receipt = TwilioTexts(ACCOUNT, "https://desk.example.com", Loopback(port)).send(TEXT)
    assert receipt.verdict is verdict
    assert str(code) in (receipt.error or "")


@pytest.mark.parametrize(("status", "body"), [(201, "<html>"), (502, "<html>"), (429, "")])
def test_an_answer_that_is_not_the_providers_own_is_tried_again(status: int, body: str) -> None:
    with provider(status, body) as (port, _):
        receipt = TwilioTexts(ACCOUNT, "https://desk.example.com", Loopback(port)).send(TEXT)
    assert receipt.verdict is Verdict.RETRY


def test_a_provider_that_cannot_be_reached_is_tried_again() -> None:
    with provider(200, {}) as (port, _):
        pass
    assert (
        TwilioTexts(ACCOUNT, "https://desk.example.com", Loopback(port)).send(TEXT).verdict is Verdict.RETRY
    )


class Postbox:
    """A mail server's handler: keeps what it takes, refuses one recipient for good and one for now."""

    def __init__(self) -> None:
        self.mails: list[bytes] = []
        self.sender_answer, self.goodbye = "250 OK", "221 Bye"

    async def handle_MAIL(  # noqa: N802
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """Answer for the sender."""
        envelope.mail_from = address
        return self.sender_answer

    async def handle_QUIT(self, _server: SMTP, _session: Session, _envelope: Envelope) -> str:  # noqa: N802
        """Say goodbye."""
        return self.goodbye

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """Answer for a recipient."""
        if address.startswith(("nobody", "later")):
            return "550 no such user" if address.startswith("nobody") else "450 try later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Keep the mail."""
        self.mails.append(bytes(envelope.content or b""))
        return "250 OK"


@pytest.fixture
def postbox() -> Iterator[tuple[Postbox, MailSettings]]:
    box = Postbox()
    controller = Controller(box, hostname="127.0.0.1", port=0)
    controller.port = free_port()
    controller.start()
    yield box, MailSettings("127.0.0.1", controller.port, "desk@example.com")
    controller.stop()


def free_port() -> int:
    server = HTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    port = server.server_port
    server.server_close()
    return port


def test_a_mail_goes_out_in_utf8_marked_as_automatic(postbox: tuple[Postbox, MailSettings]) -> None:
    box, settings = postbox
    receipt = SmtpMail(settings).send(MAIL)
    assert receipt.verdict is Verdict.SENT
    assert receipt.provider_id
    (mail,) = box.mails
    assert b"Auto-Submitted: auto-generated" in mail
    assert b"To: a@example.com" in mail


@pytest.mark.parametrize(
    ("recipient", "verdict"), [("nobody@example.com", Verdict.REFUSED), ("later@example.com", Verdict.RETRY)]
)
def test_a_refusal_for_good_is_final_and_one_for_now_is_not(
    postbox: tuple[Postbox, MailSettings], recipient: str, verdict: Verdict
) -> None:
    message = Outgoing(3, MessageChannel.EMAIL, recipient, "主旨", "內容", 1)
    assert SmtpMail(postbox[1]).send(message).verdict is verdict


def test_a_mail_that_was_taken_is_sent_however_the_server_says_goodbye(
    postbox: tuple[Postbox, MailSettings],
) -> None:
    box, settings = postbox
    box.goodbye = "421 going down"
    assert SmtpMail(settings).send(MAIL).verdict is Verdict.SENT
    assert len(box.mails) == 1


def test_a_server_that_refuses_the_sender_is_tried_again(postbox: tuple[Postbox, MailSettings]) -> None:
    box, settings = postbox
    box.sender_answer = "550 not from you"
    receipt = SmtpMail(settings).send(MAIL)
    assert receipt.verdict is Verdict.RETRY
    assert "550" in (receipt.error or "")


@pytest.mark.parametrize(
    "recipient", ["", "@b", "a@b@c", "<a@b.c>", "(", "a@[", "a@b.c, d@e.f", "a@b.c\r\nBcc: d@e.f"]
)
def test_what_is_no_address_is_refused(postbox: tuple[Postbox, MailSettings], recipient: str) -> None:
    message = Outgoing(3, MessageChannel.EMAIL, recipient, "主旨", "內容", 1)
    assert SmtpMail(postbox[1]).send(message).verdict is Verdict.REFUSED
    assert postbox[0].mails == []


@pytest.mark.parametrize("line_end", ["\r\n", "\n", "\u2028", "\x0b", "\x85"])
def test_a_subject_cannot_smuggle_a_header(postbox: tuple[Postbox, MailSettings], line_end: str) -> None:
    box, settings = postbox
    subject = f"x{line_end}Bcc: b@example.com"
    message = Outgoing(3, MessageChannel.EMAIL, "a@example.com", subject, "內容", 1)
    assert SmtpMail(settings).send(message).verdict is Verdict.SENT
    assert not any(line.startswith(b"Bcc:") for line in box.mails[0].splitlines())


def test_a_mail_server_that_is_away_is_tried_again() -> None:
    settings = MailSettings("127.0.0.1", free_port(), "desk@example.com")
    assert SmtpMail(settings).send(MAIL).verdict is Verdict.RETRY


def test_the_console_takes_everything() -> None:
    assert ConsoleGateway().send(MAIL).verdict is Verdict.SENT


def test_the_folder_keeps_one_file_for_one_content(tmp_path: Path) -> None:
    files = FolderStore(tmp_path)
    name = files.save(b"content")
    assert files.save(b"content") == name != files.save(b"other")
    assert files.path(name).read_bytes() == b"content"
    assert not list(tmp_path.rglob("*.partial"))
