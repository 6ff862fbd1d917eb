"""The hotline's webhooks: signed with real signatures, delivered twice, after hours."""

from datetime import datetime
from urllib.parse import urlencode

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session
from twilio.request_validator import RequestValidator

from helpdesk.app import create_app
from helpdesk.models.call import Call, CallState
from helpdesk.models.case import Case
from helpdesk.models.outbox import Notification
from helpdesk.models.service_clock import ServiceClock
from helpdesk.policy.delivery import DeliveryState
from helpdesk.runtime import Runtime
from helpdesk.settings import Settings, TwilioSettings
from knowledge_base.records.vocabulary import Category, Metric
from tests.checked_client import CheckedClient

TOKEN = "token-of-the-tests"
BASE = "https://desk.example.com"
OPEN, CLOSED = "2026-11-24T10:00:00+08:00", "2026-11-24T22:00:00+08:00"
CALL = {
    "CallSid": "CA1",
    "From": "+886900000456",
    "To": "+886800000257",
    "CallStatus": "ringing",
    "Caller": "",
    "Note": "中文 ",
}


@pytest.fixture
def hotline(app: Flask, runtime: Runtime) -> CheckedClient:
    """An application with a telephony account and a desk's telephone."""
    twilio = TwilioSettings("AC1", TOKEN, "+15005550006", "+886423587591")
    old = app.extensions["runtime"].settings
    settings = Settings(
        instance=old.instance, database_url=app.config["SQLALCHEMY_DATABASE_URI"], secret_key="s" * 40,
        public_base_url=BASE, twilio=twilio, testing=True,
    )  # fmt: skip
    made = create_app(settings, Runtime(**{**vars(runtime), "settings": settings}))
    made.test_client_class = CheckedClient
    client = made.test_client()
    assert isinstance(client, CheckedClient)
    return client


def deliver(
    client: CheckedClient, path: str, form: dict[str, str], query: dict[str, str] | None = None
) -> str:
    address = f"/telephony{path}" + (f"?{urlencode(query)}" if query else "")
    signature = RequestValidator(TOKEN).compute_signature(BASE + address, form)
    answer = client.post(address, data=form, headers={"X-Twilio-Signature": signature}, csrf=False)
    assert answer.status_code in {200, 204}, answer.status_code
    return answer.get_data(as_text=True)


@pytest.mark.parametrize("headers", [{}, {"X-Twilio-Signature": ""}, {"X-Twilio-Signature": "bad"}])
def test_an_unsigned_or_badly_signed_delivery_is_refused(
    hotline: CheckedClient, database: Session, headers: dict[str, str]
) -> None:
    assert hotline.post("/telephony/voice", data=CALL, headers=headers, csrf=False).status_code == 403
    assert database.scalars(select(Call)).all() == []


def test_a_signature_for_another_body_or_address_is_refused(hotline: CheckedClient) -> None:
    signature = RequestValidator(TOKEN).compute_signature(f"{BASE}/telephony/voice", CALL)
    headers = {"X-Twilio-Signature": signature}
    for path, form in (("/telephony/status", CALL), ("/telephony/voice", {**CALL, "From": "+886900000999"})):
        assert hotline.post(path, data=form, headers=headers, csrf=False).status_code == 403


def test_without_a_telephony_account_every_delivery_is_refused(client: CheckedClient) -> None:
    signature = RequestValidator(TOKEN).compute_signature(f"{BASE}/telephony/voice", CALL)
    answer = client.post("/telephony/voice", data=CALL, headers={"X-Twilio-Signature": signature}, csrf=False)
    assert answer.status_code == 403


def test_within_hours_a_menu_leads_to_the_desk_and_its_choice_is_kept(
    hotline: CheckedClient, database: Session
) -> None:
    with time_machine.travel(OPEN, tick=False):
        for _ in range(2):
            menu = deliver(hotline, "/voice", CALL)
        assert "<Gather" in menu
        assert all(words in menu for words in ("請按一", "請按二", "請按三", "請按四"))
        ringing = deliver(hotline, "/voice/choice", {**CALL, "Digits": "2"}, {"asked": "1"})
        assert "<Dial" in ringing
        deliver(hotline, "/voice/dialled", {**CALL, "DialCallStatus": "completed"})
        deliver(hotline, "/status", {**CALL, "CallStatus": "completed"})
    (call,) = database.scalars(select(Call)).all()
    assert (call.choice, call.state, call.case_id) == (Category.PROBLEM, CallState.ANSWERED, None)


def test_nothing_understood_is_asked_again_at_most_twice_and_never_hung_up(hotline: CheckedClient) -> None:
    with time_machine.travel(OPEN, tick=False):
        deliver(hotline, "/voice", CALL)
        for asked in ("1", "2"):
            assert "<Gather" in deliver(hotline, "/voice/choice", {**CALL, "Digits": ""}, {"asked": asked})
        assert "<Dial" in deliver(hotline, "/voice/choice", {**CALL, "Digits": ""}, {"asked": "3"})


def test_after_hours_a_message_becomes_one_case_that_is_owed_a_callback(
    hotline: CheckedClient, database: Session
) -> None:
    recording = {
        **CALL,
        "RecordingSid": "RE1",
        "RecordingUrl": "https://api.example.com/RE1",
        "RecordingDuration": "42",
    }
    with time_machine.travel(CLOSED, tick=False):
        words = deliver(hotline, "/voice", CALL)
        assert "<Record" in words
        assert "08:30" in words
        for _ in range(2):
            deliver(hotline, "/voice/recorded", recording)
            deliver(hotline, "/status", {**CALL, "CallStatus": "completed"})
    (call,) = database.scalars(select(Call)).all()
    case = database.scalars(select(Case)).one()
    assert (call.state, call.case_id, call.recording_seconds) == (CallState.VOICEMAIL, case.id, 42)
    assert case.contact.phone == "+886900000456"
    clock = database.scalars(select(ServiceClock).where(ServiceClock.metric == Metric.CALLBACK)).one()
    assert clock.due_at == datetime.fromisoformat("2026-11-25T18:00:00+08:00")


def test_nobody_answering_leads_to_voicemail_and_hanging_up_to_a_callback(
    hotline: CheckedClient, database: Session
) -> None:
    with time_machine.travel(OPEN, tick=False):
        deliver(hotline, "/voice", CALL)
        deliver(hotline, "/voice/choice", {**CALL, "Digits": "3"}, {"asked": "1"})
        assert "<Record" in deliver(hotline, "/voice/dialled", {**CALL, "DialCallStatus": "no-answer"})
        deliver(hotline, "/status", {**CALL, "CallStatus": "completed"})
    case = database.scalars(select(Case)).one()
    assert case.stated_category is Category.IMPROVEMENT
    assert database.scalars(select(Call.state)).one() is CallState.ABANDONED


def test_a_message_that_stays_empty_is_told_as_silence(hotline: CheckedClient, database: Session) -> None:
    with time_machine.travel(CLOSED, tick=False):
        assert '<Redirect method="POST">/telephony/voice/recorded<' in deliver(hotline, "/voice", CALL)
        assert "沒有聽到您的留言" in deliver(hotline, "/voice/recorded", CALL)
        deliver(hotline, "/status", {**CALL, "CallStatus": "completed"})
    assert database.scalars(select(Call.state)).one() is CallState.ABANDONED
    assert database.scalars(select(Case)).all() == []


def test_a_caller_who_heard_only_an_error_is_owed_a_callback(
    hotline: CheckedClient, database: Session
) -> None:
    with time_machine.travel(OPEN, tick=False):
        deliver(hotline, "/status", {**CALL, "CallStatus": "completed"})
    assert database.scalars(select(Case)).one().contact.phone == CALL["From"]


@pytest.mark.parametrize("caller", ["", "+anonymous", "+266696687", "anonymous"])
def test_a_silent_call_without_a_number_is_only_a_row(
    hotline: CheckedClient, database: Session, caller: str
) -> None:
    call = {**CALL, "From": caller}
    with time_machine.travel(CLOSED, tick=False):
        deliver(hotline, "/voice", call)
        deliver(hotline, "/voice/recorded", {**call, "RecordingDuration": "0"})
    assert database.scalars(select(Call.state)).one() is CallState.ABANDONED
    assert database.scalars(select(Case)).all() == []


def test_receipts_of_texts_come_twice_and_out_of_order(hotline: CheckedClient, database: Session) -> None:
    database.add(
        Notification(
            happening="case_opened", channel="sms", recipient="+886900000123", subject="", body="x", attempts=1,
            state="sent", provider_id="SM1", created_at=datetime.fromisoformat(OPEN),
        )
    )  # fmt: skip
    database.commit()
    for status in ("sent", "delivered", "sent", "sending", "delivered"):
        deliver(hotline, "/receipts", {"MessageSid": "SM1", "MessageStatus": status})
    deliver(hotline, "/receipts", {"MessageSid": "unknown", "MessageStatus": "failed", "ErrorCode": "30003"})
    database.rollback()
    database.expire_all()
    assert database.scalars(select(Notification.state)).one() is DeliveryState.DELIVERED
