"""What a refusal or a failure looks like, and that nothing half done is kept."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk import clock
from helpdesk.extensions import db
from helpdesk.models.account import Attempt
from helpdesk.models.case import Case
from helpdesk.policy.permissions import Role
from helpdesk.runtime import Runtime
from tests import builders
from tests.checked_client import CheckedClient


def broken() -> ResponseReturnValue:
    """Write something, then break the database's rules as a mistake of ours would."""
    db.session.add(Attempt(subject="half done", at=clock.now()))
    db.session.flush()
    number = db.session.scalars(select(Case.number)).one()
    db.session.add(Case(number=number))
    db.session.flush()
    return "never"


@pytest.fixture
def failing(app: Flask, database: Session, runtime: Runtime) -> None:
    builders.case(database, runtime, now=clock.now())
    database.commit()
    app.config["PROPAGATE_EXCEPTIONS"] = False
    app.add_url_rule("/broken", "broken", broken, methods=["GET", "POST"])
    app.add_url_rule("/api/broken", "api_broken", broken)


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("role", [None, Role.AGENT])
def test_a_failure_in_the_database_is_a_page_in_words_and_leaves_nothing_behind(
    failing: None, database: Session, client: CheckedClient, client_as: Callable[..., CheckedClient],
    method: str, role: Role | None,
) -> None:  # fmt: skip
    visitor = client_as(role) if role else client
    answer = visitor.open("/broken", method=method)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 500
    assert "系統出了問題" in page
    assert "IntegrityError" not in page
    database.rollback()
    assert database.scalars(select(Attempt)).all() == []
    assert visitor.get("/").status_code == 200


def test_a_failure_behind_the_api_is_json_without_details(failing: None, client: CheckedClient) -> None:
    answer = client.get("/api/broken")
    assert (answer.status_code, answer.mimetype) == (500, "application/json")
    assert "INSERT" not in answer.get_data(as_text=True)


@pytest.mark.parametrize(
    ("method", "path", "code", "words"),
    [
        ("GET", "/nowhere", 404, "找不到這個頁面"),
        ("POST", "/nowhere", 404, "找不到這個頁面"),
        ("GET", "/logout", 405, "不能這樣使用"),
        ("GET", "/s/x/withdraw", 405, "不能這樣使用"),
        ("GET", "/apply/%00", 404, "找不到這個頁面"),
        ("GET", "/apply/<script>", 404, "找不到這個頁面"),
    ],
)
def test_a_refusal_says_what_happened_and_leads_back(
    client: CheckedClient, method: str, path: str, code: int, words: str
) -> None:
    answer = client.open(path, method=method)
    page = answer.get_data(as_text=True)
    assert answer.status_code == code
    assert words in page
    assert 'href="/"' in page
    assert "<script>" not in page


def test_a_form_that_comes_without_its_token_from_elsewhere_does_nothing(
    client: CheckedClient, database: Session
) -> None:
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}):
        answer = client.post("/status", data={"number": "x"}, csrf=False, headers=headers)
        assert answer.status_code == 400
    assert database.scalars(select(Attempt)).all() == []


def test_the_log_names_the_request_and_never_what_was_typed(
    client: CheckedClient, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level("INFO"):
        answer = client.post("/status?q=secret", data={"number": "0900000123", "fact": "王小姐"})
    facts = [getattr(record, "facts", {}) for record in caplog.records]
    assert any(f.get("request_id") == answer.headers["X-Request-Id"] for f in facts)
    written = f"{facts}{caplog.text}"
    assert not [secret for secret in ("0900000123", "王小姐", "secret") if secret in written]
