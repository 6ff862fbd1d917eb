"""Accounts: made, signed in, throttled. What a role may do is `permissions`."""

import hashlib
import secrets
from datetime import datetime, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from helpdesk.models.account import Account, ApiKey, Attempt
from helpdesk.policy.permissions import Role
from helpdesk.policy.submission import parse_email
from helpdesk.services.equipment import Equipment

MIN_PASSWORD = 12
WINDOW = timedelta(minutes=15)
MAX_ATTEMPTS = 8
_HASHER = PasswordHasher()
# Verified when no account matches, so that an unknown address takes as long as a wrong password.
_NOBODY = _HASHER.hash(secrets.token_hex(16))


class AccountProblem(ValueError):
    """An account cannot be made or changed like this; the message says why, for the person who typed it."""


class Throttled(Exception):
    """Too many failed tries; wait a quarter of an hour."""


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
    if not display_name.strip():
        raise AccountProblem("請填姓名或職稱。")
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
    """Return the account when the password fits, else None; each failure counts for the address and the origin.

    Raises Throttled before the password is even looked at.
    """
    address = email.strip().lower()[:254]
    subjects = (f"login:{address}", f"login-from:{origin}")
    for subject in subjects:
        refuse_throttled(session, subject, now=now)
    account = session.scalars(select(Account).where(Account.email == address)).first()
    fits = _fits(account.password_hash if account else _NOBODY, password)
    if account is None or not fits or not account.active:
        for subject in subjects:
            note_failure(session, subject, now=now)
        return None
    session.execute(delete(Attempt).where(Attempt.subject == subjects[0]))
    if _HASHER.check_needs_rehash(account.password_hash):
        account.password_hash = _HASHER.hash(password)
    return account


def set_active(account: Account, active: bool) -> None:
    """Allow or forbid signing in; forbidding ends the sessions that run."""
    account.active = active
    account.session_key = secrets.token_hex(16)


def set_password(account: Account, password: str) -> None:
    """Change the password and end the sessions that run. Raises AccountProblem for a short one."""
    if len(password) < MIN_PASSWORD:
        raise AccountProblem(f"密碼至少要 {MIN_PASSWORD} 個字元。")
    account.password_hash = _HASHER.hash(password)
    account.session_key = secrets.token_hex(16)


def refuse_throttled(session: Session, subject: str, *, now: datetime) -> None:
    """Raise Throttled when `subject` failed too often in the past quarter of an hour."""
    failed = (
        select(func.count()).select_from(Attempt).where(Attempt.subject == subject, Attempt.at > now - WINDOW)
    )
    if (session.scalar(failed) or 0) >= MAX_ATTEMPTS:
        raise Throttled("嘗試次數太多，請 15 分鐘後再試。")


def note_failure(session: Session, subject: str, *, now: datetime) -> None:
    """Count a failed try; old ones of the same subject are forgotten."""
    session.execute(delete(Attempt).where(Attempt.subject == subject, Attempt.at <= now - WINDOW))
    session.add(Attempt(subject=subject, at=now))


def issue_api_key(session: Session, *, name: str, organisation: str | None, now: datetime) -> str:
    """Make a key and return it; only its hash is kept, so it is shown just this once."""
    key = f"sw_{secrets.token_urlsafe(32)}"
    session.add(ApiKey(name=name, key_hash=_key_hash(key), organisation=organisation, created_at=now))
    return key


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
