"""Accounts, throttling and keys."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.models.account import Account, ApiKey, Attempt
from helpdesk.policy.permissions import Role
from helpdesk.runtime import Runtime
from helpdesk.services import accounts, throttling
from helpdesk.services.throttling import Limit, Throttled
from tests.conftest import NOW, PASSWORD


def sign_in(
    session: Session,
    password: str,
    *,
    email: str = "agent@example.com",
    origin: str = "127.0.0.1",
    minutes: int = 0,
) -> Account | None:
    return accounts.sign_in(
        session, email=email, password=password, origin=origin, now=NOW + timedelta(minutes=minutes)
    )


def test_the_right_password_signs_in_and_is_kept_only_as_argon2id(session: Session, agent: Account) -> None:
    assert sign_in(session, PASSWORD, email=" Agent@Example.com ") is agent
    assert agent.password_hash.startswith("$argon2id$")
    assert PASSWORD not in agent.password_hash


def test_a_wrong_password_an_unknown_address_and_a_disabled_account_look_the_same(
    session: Session, agent: Account
) -> None:
    assert sign_in(session, "wrong") is None
    assert sign_in(session, PASSWORD, email="nobody@example.com") is None
    accounts.set_active(agent, False)
    assert sign_in(session, PASSWORD) is None


def test_eight_failures_close_the_door_for_their_origin_even_for_the_right_password_and_for_nobody_else(
    session: Session, agent: Account
) -> None:
    for _ in range(8):
        assert sign_in(session, "wrong") is None
    with pytest.raises(Throttled):
        sign_in(session, PASSWORD)
    assert sign_in(session, PASSWORD, origin="10.0.1.1") is agent
    assert sign_in(session, PASSWORD, minutes=16) is agent


def test_one_origin_cannot_try_many_addresses(session: Session, agent: Account) -> None:
    for number in range(40):
        sign_in(session, "wrong", email=f"a{number}@example.com")
    with pytest.raises(Throttled):
        sign_in(session, PASSWORD)


def test_many_origins_cannot_try_one_address_for_ever(session: Session, agent: Account) -> None:
    limit = Limit("login:agent@example.com", 100)
    for _ in range(100):
        throttling.note(session, [limit], now=NOW)
    with pytest.raises(Throttled):
        sign_in(session, PASSWORD, origin="10.9.9.9")


def test_success_forgets_the_failures_of_the_address(session: Session, agent: Account) -> None:
    sign_in(session, "wrong")
    sign_in(session, PASSWORD)
    own = Attempt.subject == "login:agent@example.com:127.0.0.1"
    assert not session.scalars(select(Attempt).where(own)).all()


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"password": "short"}, "12"),
        ({"role": Role.PARTNER}, "必須指定單位"),
        ({"organisation": "pmc"}, "不可指定單位"),
        ({"role": Role.PARTNER, "organisation": "nobody"}, "沒有"),
        ({"email": "agent@example.com"}, "已經有帳號"),
        ({"email": "x"}, "格式"),
        ({"display_name": " "}, "姓名"),
    ],
)
def test_an_account_that_cannot_be_is_refused_in_words(
    session: Session, runtime: Runtime, agent: Account, changes: dict[str, object], reason: str
) -> None:
    wanted = {
        "email": "new@example.com", "display_name": "新", "role": Role.AGENT,
        "password": PASSWORD, "organisation": None, **changes,
    }  # fmt: skip
    with pytest.raises(ValueError, match=reason):
        accounts.add_account(session, equipment=runtime, now=NOW, **wanted)  # type: ignore[arg-type]


def test_a_new_password_ends_the_sessions_that_run(agent: Account) -> None:
    before = agent.session_key
    accounts.set_password(agent, PASSWORD + "2")
    assert agent.session_key != before


def test_an_api_key_is_shown_once_and_kept_as_a_hash(session: Session) -> None:
    key = accounts.issue_api_key(session, name="介接", organisation=None, now=NOW)
    row = session.scalars(select(ApiKey)).one()
    assert key not in row.key_hash
    assert accounts.find_api_key(session, key) is row
    row.revoked_at = NOW
    assert accounts.find_api_key(session, key) is None
