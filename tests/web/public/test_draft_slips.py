"""Drafts that are gone, forms sent at the same moment, and the wake-up that follows a commit."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from helpdesk import clock
from helpdesk.app import create_app
from helpdesk.extensions import db
from helpdesk.models.case import Case
from helpdesk.models.intake_record import FormDraft
from helpdesk.models.outbox import Notification
from helpdesk.runtime import Runtime
from helpdesk.services import form_drafts
from helpdesk.settings import Settings
from tests.checked_client import CheckedClient

TEXT = "客戶要求我們提供碳排放資料，不知道從哪裡開始。"
CONTACT = {"phone": "0900-000-123", "email": "a@example.com"}


def fill(client: CheckedClient) -> None:
    for slug, values in (("need", {"text": TEXT}), ("contact", CONTACT)):
        assert client.post(f"/apply/{slug}", data=values).status_code == 302


def test_a_draft_that_was_forgotten_meanwhile_begins_again_at_what_is_missing(
    client: CheckedClient, database: Session
) -> None:
    fill(client)
    database.execute(delete(FormDraft))
    database.commit()
    assert client.post("/apply/consent", data={"consent": "counselling_team"}).status_code == 302
    page = client.get("/apply/check").get_data(as_text=True)
    assert "您遇到什麼情況" in page
    assert client.post("/apply/check").status_code == 422
    fill(client)
    assert client.post("/apply/check").location == "/apply/done"


def test_a_draft_is_kept_for_a_week_and_then_forgotten(database: Session) -> None:
    now = clock.now()
    old = form_drafts.begin(database, now=now - form_drafts.KEPT - timedelta(seconds=1))
    young = form_drafts.begin(database, now=now - form_drafts.KEPT + timedelta(minutes=1))
    database.flush()
    form_drafts.begin(database, now=now)
    assert form_drafts.find(database, young.key) is young
    assert database.scalar(select(FormDraft.key).where(FormDraft.key == old.key)) is None


def test_the_same_form_sent_four_times_at_the_same_moment_is_one_case(
    app: Flask, client: CheckedClient, database: Session
) -> None:
    fill(client)
    cookie = client.get_cookie("desk")
    assert cookie
    together, places = threading.Barrier(4), []

    def send() -> None:
        own = app.test_client()
        own.set_cookie("desk", cookie.value)
        together.wait()
        places.append(own.post("/apply/check").location)

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert places == ["/apply/done"] * 4
    assert database.scalar(select(func.count()).select_from(Case)) == 1


@pytest.fixture
def woken() -> list[int]:
    """How many messages stood in the outbox each time the worker was woken."""
    return []


@pytest.fixture
def wakeful(
    app: Flask, tmp_path: Path, settings: Settings, runtime: Runtime, database: Session, woken: list[int]
) -> Iterator[CheckedClient]:
    def wake() -> None:
        database.rollback()
        woken.append(len(database.scalars(select(Notification.id)).all()))

    url = app.config["SQLALCHEMY_DATABASE_URI"]
    own = Settings(instance=tmp_path, database_url=url, secret_key=settings.secret_key, testing=True)
    application = create_app(own, replace(runtime, wake=wake))
    application.test_client_class = CheckedClient
    made = application.test_client()
    assert isinstance(made, CheckedClient)
    yield made
    with application.app_context():
        db.engine.dispose()


def test_the_worker_is_woken_once_when_the_message_is_there_to_be_sent(
    wakeful: CheckedClient, woken: list[int]
) -> None:
    fill(wakeful)
    assert woken == []
    wakeful.post("/apply/check")
    assert woken == [1]
    wakeful.post("/apply/check")
    wakeful.get("/apply/done")
    assert woken == [1]


def test_nobody_is_woken_by_a_refusal(wakeful: CheckedClient, woken: list[int]) -> None:
    wakeful.post("/apply/check")
    assert woken == []
