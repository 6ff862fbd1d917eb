"""Values that no page of ours would send: at every door they are refused in words, on both databases."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from alembic import command
from flask import Flask
from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session

from helpdesk import clock
from helpdesk.app import create_app
from helpdesk.database import tune
from helpdesk.extensions import db
from helpdesk.models.case import Case
from helpdesk.models.intake_record import ReceivedSubmission
from helpdesk.policy.permissions import Role
from helpdesk.preparation import migration_config
from helpdesk.runtime import Runtime
from helpdesk.services import accounts
from helpdesk.settings import Settings
from tests import builders
from tests.checked_client import CheckedClient
from tests.conftest import PASSWORD

HUGE = "9" * 20
NUL = "碳\x00盤查"


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def app(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    settings: Settings,
    migrated_sqlite: Path,
    runtime: Runtime,
) -> Iterator[Flask]:
    """The application on each database."""
    if request.param == "sqlite":
        shutil.copy(migrated_sqlite, tmp_path / "desk.sqlite")
        url = f"sqlite:///{tmp_path / 'desk.sqlite'}"
    else:
        url = request.getfixturevalue("postgresql").new_database()
        command.upgrade(migration_config(url), "head")
    own = Settings(instance=tmp_path, database_url=url, secret_key=settings.secret_key, testing=True)
    application = create_app(own, runtime)
    application.test_client_class = CheckedClient
    yield application
    with application.app_context():
        db.engine.dispose()


@pytest.fixture
def database(app: Flask) -> Iterator[Session]:
    engine = create_engine(app.config["SQLALCHEMY_DATABASE_URI"])
    tune(engine)
    with Session(engine, expire_on_commit=False) as opened:
        yield opened
    engine.dispose()


@pytest.fixture
def case(database: Session, runtime: Runtime) -> Case:
    account = accounts.add_account(
        database, email="a@example.com", display_name="專員甲", role=Role.AGENT, password=PASSWORD,
        organisation=None, equipment=runtime, now=clock.now(),
    )  # fmt: skip
    made = builders.sorted_case(database, runtime, account=account, now=clock.now())
    builders.offered(database, runtime, made, account=account, now=clock.now())
    database.commit()
    return made


@pytest.mark.parametrize(
    ("role", "path"),
    [
        (Role.PARTNER, f"/partner/referrals/{HUGE}"),
        (Role.PARTNER, f"/partner/referrals/1/files/{HUGE}"),
        (Role.AGENT, f"/desk/cases/NUMBER/files/{HUGE}"),
    ],
)
def test_a_number_that_no_row_can_have_is_an_address_that_is_not_there(
    client_as: Callable[..., CheckedClient], case: Case, role: Role, path: str
) -> None:
    client = client_as(role, "pmc" if role is Role.PARTNER else None)
    assert client.get(path.replace("NUMBER", case.number)).status_code == 404


def test_numbers_in_forms_and_filters_are_never_too_large(
    client_as: Callable[..., CheckedClient], case: Case
) -> None:
    desk = client_as(Role.AGENT)
    at = f"/desk/cases/{case.number}"
    for action, field in (("assign", "assignee"), ("told", "notification")):
        answer = desk.post(f"{at}/{action}", data={"version": case.event_count, field: HUGE})
        assert answer.status_code in {302, 422}, action
    for path in (
        f"/desk/outbox?before={HUGE}",
        f"/desk/cases?after=2026-11-24T00:00:00%2B00:00~{HUGE}",
        "/desk/cases?after=2026-11-24T00:00:00~5",
        "/desk/cases?after=0001-01-01T00:00:00%2B14:00~5",
    ):
        assert desk.get(path).status_code == 200, path
    assert desk.post(f"/desk/referrals/{HUGE}/recall", data={"text": "x"}).status_code == 404


@pytest.mark.parametrize("field", ["approved_ntd", "reduction_tonnes"])
def test_a_figure_of_five_thousand_digits_is_refused_at_its_field(
    client_as: Callable[..., CheckedClient], case: Case, field: str
) -> None:
    partner = client_as(Role.PARTNER, "pmc")
    partner.post("/partner/referrals/1/accept")
    answer = partner.post(
        "/partner/referrals/1/complete", data={"outcome": "advice_given", field: "9" * 5000}
    )
    assert answer.status_code == 422
    assert "整數" in answer.get_data(as_text=True)


def test_a_head_count_of_five_thousand_digits_is_refused_in_our_words(client: CheckedClient) -> None:
    answer = client.post("/apply/enterprise", data={"regular_employees": "9" * 5000})
    assert answer.status_code == 422
    assert "員工人數請填整數" in answer.get_data(as_text=True)


def test_a_nul_is_kept_from_the_database_and_the_inquiry_is_not_lost(
    client: CheckedClient, database: Session
) -> None:
    client.post("/apply/need", data={"text": NUL})
    client.post("/apply/contact", data={"contact_name": NUL, "phone": "0900000123"})
    assert client.post("/apply/check").location == "/apply/done"
    assert database.scalars(select(ReceivedSubmission.text)).one().replace("\ufffd", "\x00") == NUL


def test_a_nul_breaks_no_search_no_sign_in_and_no_look_up(
    client: CheckedClient, client_as: Callable[..., CheckedClient], case: Case
) -> None:
    assert client.post("/login", data={"email": NUL, "password": NUL}).status_code == 422
    assert client.post("/status", data={"number": case.number, "fact": NUL}).status_code == 422
    assert client.get("/s/a%00b").status_code == 404
    assert client.post("/apply/need", data={"text": "x", "stated_category": NUL}).status_code == 422
    desk = client_as(Role.AGENT)
    for path in ("/desk/search?q=a%00b", "/desk/callers?phone=a%00b", "/desk/cases/a%00b"):
        assert desk.get(path).status_code in {200, 404}, path
    data = {"key": NUL, "phone": "0900-000-456", "name": NUL, "text": NUL}
    assert desk.post("/desk/new", data=data).status_code == 302
    answer = desk.post(
        f"/desk/cases/{case.number}/offer",
        data={"version": case.event_count, "organisation": NUL, "need": NUL},
    )
    assert answer.status_code == 422


@pytest.mark.parametrize(
    "when", ["0001-01-01T00:00", "9999-12-31T23:59", "0001-01-01", "9" * 5000, "1/1/1", "114/2/30"]
)
def test_a_date_that_no_database_or_calendar_takes_is_refused_at_its_field(
    client_as: Callable[..., CheckedClient], case: Case, when: str
) -> None:
    partner = client_as(Role.PARTNER, "pmc")
    partner.post("/partner/referrals/1/accept")
    for event, field, more in (
        ("start", "contacted_at", {}),
        ("hold", "until_on", {"text": "等資料"}),
        ("complete", "submitted_on", {"outcome": "application_submitted"}),
    ):
        answer = partner.post(f"/partner/referrals/1/{event}", data={**more, field: when})
        assert answer.status_code == 422, (event, when)
        assert f'id="{event}-{field}-error"' in answer.get_data(as_text=True), (event, when)


LIGATURE = "\ufdfa"
"""One character that becomes eighteen when its compatible forms are spelled out."""


def test_a_name_that_grows_when_it_is_compared_is_kept_and_found(
    client_as: Callable[..., CheckedClient], database: Session
) -> None:
    desk = client_as(Role.AGENT)
    data = {"key": "k", "phone": "0900-000-456", "name": LIGATURE * 120, "text": "想問補助"}
    assert desk.post("/desk/new", data=data).status_code == 302
    number = database.scalars(select(Case.number)).one()
    found = desk.get("/desk/search", query_string={"q": LIGATURE * 120}).get_data(as_text=True)
    assert number in found


def test_a_display_name_that_no_column_holds_is_refused_in_words(
    client_as: Callable[..., CheckedClient],
) -> None:
    admin = client_as(Role.ADMINISTRATOR)
    data = {"email": "b@example.com", "display_name": "名" * 81, "role": "agent", "password": PASSWORD}
    answer = admin.post("/admin/accounts", data=data)
    assert answer.status_code == 422
    assert "80" in answer.get_data(as_text=True)


def test_a_delivery_key_that_no_column_holds_is_refused_and_a_usable_one_is_remembered(
    client: CheckedClient, database: Session
) -> None:
    key = accounts.issue_api_key(database, name="介接", organisation=None, now=clock.now())
    database.commit()
    body = {"text": "想問補助", "contact": {"phone": "0900-000-456"}}

    def deliver(delivery: str) -> int:
        headers = {"Authorization": f"Bearer {key}", "Idempotency-Key": delivery}
        return int(client.post("/api/v1/cases", json=body, headers=headers).status_code)

    assert [deliver("x" * 101), deliver("a"), deliver("a"), deliver("b")] == [422, 201, 200, 201]
