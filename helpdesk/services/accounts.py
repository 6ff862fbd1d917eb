"""Accounts: made, signed in, throttled. What a role may do is `permissions`."""

import hashlib
import secrets
from datetime import datetime

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.models.account import Account, ApiKey
from helpdesk.policy.permissions import Role
from helpdesk.policy.submission import parse_email
from helpdesk.services import throttling
from helpdesk.services.equipment import Equipment
from helpdesk.services.throttling import Limit

MIN_PASSWORD = 12
MAX_NAME = 80
_HASHER = PasswordHasher()
# Verified when no account matches, so that an unknown address takes as long as a wrong password.
_NOBODY = _HASHER.hash(secrets.token_hex(16))


class AccountProblem(ValueError):
    """An account cannot be made or changed like this; the message says why, for the person who typed it."""


def add_account(
    session: Session,
    *,
    email: str,
    display_name: str,
    role: Role,
    password: str,
    organisation: str | None,
    equipment: Equipment,
    now: datetime,
) -> Account:
    """Make an account. A partner must belong to a known organisation, others to none.

    Raises AccountProblem, or ValueError for an unusable address.
    """
    address = parse_email(email).lower()
    if len(password) < MIN_PASSWORD:
        raise AccountProblem(f"密碼至少要 {MIN_PASSWORD} 個字元。")
    if (role is Role.PARTNER) != (organisation is not None):
        raise AccountProblem("合作單位人員必須指定單位；其他角色不可指定單位。")
    if organisation is not None and organisation not in equipment.knowledge.organisations:
        raise AccountProblem(f"知識庫中沒有「{organisation}」這個單位。")
    if not 0 < len(display_name.strip()) <= MAX_NAME:
        raise AccountProblem(f"請填姓名或職稱，最多 {MAX_NAME} 個字。")
    if session.scalars(select(Account.id).where(Account.email == address)).first() is not None:
        raise AccountProblem(f"{address} 已經有帳號了。")
    account = Account(
        email=address,
        display_name=display_name.strip(),
        role=role,
        password_hash=_HASHER.hash(password),
        organisation=organisation,
        active=True,
        session_key=secrets.token_hex(16),
        created_at=now,
    )
    session.add(account)
    session.flush()
    return account


def sign_in(session: Session, *, email: str, password: str, origin: str, now: datetime) -> Account | None:
    """Return the account when the password fits, else None; failures count.

    Narrowly for the address from this origin, so that a stranger's failures lock nobody out elsewhere;
    widely for the origin and for the address. Raises Throttled before the password is looked at.
    """
    address = email.strip().lower()[:254]
    own = Limit(f"login:{address}:{origin}", 8)
    limits = (own, Limit(f"login-from:{origin}", 40), Limit(f"login:{address}", 100))
    throttling.refuse(session, limits, now=now)
    account = session.scalars(select(Account).where(Account.email == address)).first()
    fits = _fits(account.password_hash if account else _NOBODY, password)
    if account is None or not fits or not account.active:
        throttling.note(session, limits, now=now)
        return None
    throttling.forget(session, [own])
    if _HASHER.check_needs_rehash(account.password_hash):
        account.password_hash = _HASHER.hash(password)
    return account


def end_sessions(account: Account) -> None:
    """End every session of the account that runs, on every machine."""
    account.session_key = secrets.token_hex(16)


def set_active(account: Account, active: bool) -> None:
    """Allow or forbid signing in; forbidding ends the sessions that run."""
    account.active = active
    end_sessions(account)


def set_password(account: Account, password: str) -> None:
    """Change the password and end the sessions that run. Raises AccountProblem for a short one."""
    if len(password) < MIN_PASSWORD:
        raise AccountProblem(f"密碼至少要 {MIN_PASSWORD} 個字元。")
    account.password_hash = _HASHER.hash(password)
    end_sessions(account)


def issue_api_key(session: Session, *, name: str, organisation: str | None, now: datetime) -> str:
    """Make a key and return it; only its hash is kept, so it is shown just this once."""
    key = f"sw_{secrets.token_urlsafe(32)}"
    session.add(ApiKey(name=name, key_hash=_key_hash(key), organisation=organisation, created_at=now))
    return key


def revoke_api_keys(session: Session, *, name: str, now: datetime) -> int:
    """Take every key of this name out of force; return how many there were."""
    keys = session.scalars(select(ApiKey).where(ApiKey.name == name, ApiKey.revoked_at.is_(None))).all()
    for key in keys:
        key.revoked_at = now
    return len(keys)


def find_api_key(session: Session, key: str) -> ApiKey | None:
    """Return the row of a key that is still in force."""
    return session.scalars(
        select(ApiKey).where(ApiKey.key_hash == _key_hash(key), ApiKey.revoked_at.is_(None))
    ).first()


def _key_hash(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


def _fits(password_hash: str, password: str) -> bool:
    try:
        return _HASHER.verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return False
