"""Who may come through which door: every address, every role."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk import clock
from helpdesk.models.account import Account
from helpdesk.models.case import Case
from helpdesk.policy.permissions import GRANTS, Permission, Role
from helpdesk.policy.referral_lifecycle import ReferralEvent
from helpdesk.policy.submission import Upload
from helpdesk.runtime import Runtime
from helpdesk.services import accounts
from tests import builders
from tests.checked_client import CheckedClient
from tests.conftest import PASSWORD

VALUES = {
    "number": "C115-000001-4",
    "action": "note",
    "event": "accept",
    "status_key": "x",
    "slug": "need",
    "filename": "x",
}


def addresses(app: Flask) -> list[tuple[str, str, object]]:
    """Return method, path and access rule of every view."""
    found = []
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        values = {name: VALUES.get(name, 1) for name in rule.arguments}
        with app.test_request_context():
            path = app.url_for(rule.endpoint, **values)
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            found.append((method, path, getattr(view, "access_rule", None)))
    return found


def test_a_stranger_is_asked_to_sign_in_at_every_guarded_door(app: Flask, client: CheckedClient) -> None:
    guarded = [(m, p) for m, p, rule in addresses(app) if isinstance(rule, Permission)]
    assert len(guarded) > 15
    for method, path in guarded:
        answer = client.open(path, method=method)
        assert answer.status_code == 302, (method, path)
        assert answer.location.startswith("/login"), (method, path)


@pytest.mark.parametrize("role", Role)
def test_a_role_is_refused_at_every_door_that_is_not_its_own(
    app: Flask, client_as: Callable[..., CheckedClient], role: Role
) -> None:
    client = client_as(role, "pmc" if role is Role.PARTNER else None)
    for method, path, rule in addresses(app):
        if isinstance(rule, Permission) and rule not in GRANTS[role]:
            assert client.open(path, method=method).status_code == 403, (method, path)


def test_keyed_doors_refuse_whoever_has_no_key_or_signature(app: Flask, client: CheckedClient) -> None:
    for method, path, rule in addresses(app):
        if rule == "keyed":
            assert client.open(path, method=method, csrf=False).status_code in {401, 403}, path


def test_a_partner_sees_nothing_of_another_organisations_referral_on_any_page(
    app: Flask, database: Session, runtime: Runtime, client_as: Callable[..., CheckedClient]
) -> None:
    account = accounts.add_account(
        database, email="x@example.com", display_name="專員", role=Role.AGENT, password=PASSWORD,
        organisation=None, equipment=runtime, now=clock.now(),
    )  # fmt: skip
    upload = Upload("機密報告.pdf", "application/pdf", b"%PDF-1.7 secret")
    case = builders.sorted_case(database, runtime, account=account, now=clock.now(), uploads=(upload,))
    referral = builders.offered(database, runtime, case, account=account, now=clock.now())
    builders.answered(database, runtime, referral, [ReferralEvent.ACCEPT], now=clock.now())
    database.commit()
    other, own = client_as(Role.PARTNER, "mirdc"), client_as(Role.PARTNER, "pmc")
    for client, status in ((other, 404), (own, 200)):
        for path in (f"/partner/referrals/{referral.id}", f"/partner/referrals/{referral.id}/files/1"):
            with client.get(path) as answer:
                assert answer.status_code == status, path
    assert other.post(f"/partner/referrals/{referral.id}/start").status_code == 404
    for method, path, _ in addresses(app):
        if method == "GET":
            text = other.get(path).get_data(as_text=True)
            assert case.number not in text, path
            assert "範例精密" not in text, path
    page = own.get("/partner/").get_data(as_text=True)
    assert f"R{referral.id:06d}" in page
    assert case.number not in page


def test_every_answer_carries_the_security_headers(client: CheckedClient) -> None:
    for path in (
        "/",
        "/apply/need",
        "/login",
        "/nowhere",
        "/healthz",
        "/static/desk.css",
        "/api/v1/referrals",
    ):
        with client.get(path) as answer:
            headers = answer.headers
        policy = headers["Content-Security-Policy"]
        assert "default-src 'self'" in policy
        assert "unsafe" not in policy
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["X-Frame-Options"] == "DENY"
    cookie = client.get("/login").headers.get("Set-Cookie", "HttpOnly; SameSite=Lax")
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_personal_pages_are_not_kept_by_caches_and_files_of_ours_are(client: CheckedClient) -> None:
    assert client.get("/login").headers["Cache-Control"] == "no-store"
    with client.get("/static/desk.css") as file:
        assert "max-age" in file.headers["Cache-Control"]


@pytest.mark.parametrize(
    "target", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)"]
)
def test_signing_in_never_leads_to_a_foreign_page(
    client: CheckedClient, client_as: Callable[..., CheckedClient], target: str
) -> None:
    client_as(Role.AGENT)
    data = {"email": "agent-desk@example.com", "password": PASSWORD, "next": target}
    assert client.post("/login", data=data).location == "/desk/"
    client.post("/logout")
    assert (
        client.post("/login", data={**data, "next": "/desk/cases?view=mine"}).location
        == "/desk/cases?view=mine"
    )


def test_failed_sign_ins_are_counted_although_the_page_is_an_error(
    client: CheckedClient, client_as: Callable[..., CheckedClient]
) -> None:
    client_as(Role.AGENT)
    data = {"email": "agent-desk@example.com", "password": "wrong"}
    codes = [client.post("/login", data=data).status_code for _ in range(9)]
    assert codes == [422] * 8 + [429]


def test_a_new_password_or_a_closed_account_ends_the_session(
    database: Session, client_as: Callable[..., CheckedClient]
) -> None:
    client = client_as(Role.AGENT)
    assert client.get("/desk/").status_code == 200
    account = database.scalars(select(Account)).one()
    accounts.set_active(account, False)
    database.commit()
    assert client.get("/desk/").status_code == 302


def test_signing_out_ends_the_session(client_as: Callable[..., CheckedClient]) -> None:
    client = client_as(Role.AGENT)
    client.post("/logout")
    assert client.get("/desk/").status_code == 302


def test_a_case_number_is_no_key(client: CheckedClient, database: Session, runtime: Runtime) -> None:
    number = builders.case(database, runtime, now=clock.now()).number
    database.commit()
    assert database.scalars(select(Case.status_key)).one() != number
    assert client.get(f"/s/{number}").status_code == 404
