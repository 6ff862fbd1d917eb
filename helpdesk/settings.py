"""Settings of one installation, read once from the environment.

Says what may be set and what is wrong with it; decides nothing else.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent


class BadSettings(Exception):
    """One or more variables are missing or unusable; carries a sentence for each."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("settings: " + "; ".join(problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class TwilioSettings:
    """Account of the telephony provider; without it calls are refused and texts go to the console."""

    account_sid: str
    auth_token: str = field(repr=False)
    from_number: str
    desk_phone: str = ""


@dataclass(frozen=True, slots=True)
class MailSettings:
    """The mail server that takes outgoing mail."""

    host: str
    port: int
    sender: str


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything an installation may choose. `public_base_url` has no trailing slash."""

    instance: Path
    database_url: str
    secret_key: str = field(repr=False)
    public_base_url: str = "http://127.0.0.1:8000"
    knowledge: Path = REPOSITORY / "knowledge_base" / "data"
    trusted_proxies: int = 0
    twilio: TwilioSettings | None = None
    mail: MailSettings | None = None
    demo: bool = False
    testing: bool = False

    @property
    def uploads(self) -> Path:
        """Return the folder that keeps what enterprises attach."""
        return self.instance / "uploads"

    @property
    def secure_cookies(self) -> bool:
        """Tell whether the public address is served over TLS."""
        return self.public_base_url.startswith("https://")


def from_env(environ: Mapping[str, str]) -> Settings:
    """Read the settings; an unset variable gets its default.

    Raises BadSettings naming every missing or bad variable at once.
    """
    problems: list[str] = []
    instance = Path(environ.get("INSTANCE_DIR") or REPOSITORY / "instance").resolve()
    instance.mkdir(parents=True, exist_ok=True)
    base_url = environ.get("PUBLIC_BASE_URL") or f"http://127.0.0.1:{environ.get('PORT') or 8000}"
    if not base_url.startswith(("http://", "https://")):
        problems.append("PUBLIC_BASE_URL must start with http:// or https://")
    settings = Settings(
        instance=instance,
        database_url=_database_url(environ.get("DATABASE_URL"), instance),
        secret_key=environ.get("SECRET_KEY") or _kept_secret(instance / "secret_key"),
        public_base_url=base_url.rstrip("/"),
        trusted_proxies=_whole_number(environ, "TRUSTED_PROXIES", 0, problems),
        twilio=_twilio(environ, problems),
        mail=_mail(environ, problems),
        demo=environ.get("DEMO", "") == "1",
    )
    if len(settings.secret_key) < 32:
        problems.append("SECRET_KEY must have at least 32 characters")
    if problems:
        raise BadSettings(tuple(problems))
    return settings


def _database_url(given: str | None, instance: Path) -> str:
    if not given:
        return f"sqlite:///{instance / 'desk.sqlite'}"
    # Providers hand out postgres://; SQLAlchemy wants the driver named.
    for prefix in ("postgres://", "postgresql://"):
        if given.startswith(prefix):
            return "postgresql+psycopg://" + given.removeprefix(prefix)
    return given


def _kept_secret(path: Path) -> str:
    """Return the secret of this installation, made on first use and readable by its owner alone."""
    try:
        path.touch(mode=0o600, exist_ok=False)
        path.write_text(secrets.token_hex(32))
    except FileExistsError:
        pass
    return path.read_text().strip()


def _whole_number(environ: Mapping[str, str], name: str, default: int, problems: list[str]) -> int:
    text = environ.get(name) or str(default)
    if not text.isdecimal():
        problems.append(f"{name} must be a whole number, not {text!r}")
        return default
    return int(text)


def _twilio(environ: Mapping[str, str], problems: list[str]) -> TwilioSettings | None:
    names = ("TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN", "TWILIO_FROM")
    given = [environ.get(name, "") for name in names]
    if not any(given):
        return None
    problems += [
        f"{name} is missing beside the other TWILIO_ variables"
        for name, value in zip(names, given, strict=True)
        if not value
    ]
    account_sid, auth_token, from_number = given
    return TwilioSettings(account_sid, auth_token, from_number, environ.get("DESK_PHONE", ""))


def _mail(environ: Mapping[str, str], problems: list[str]) -> MailSettings | None:
    host = environ.get("SMTP_HOST", "")
    if not host:
        return None
    sender = environ.get("MAIL_FROM", "")
    if "@" not in sender:
        problems.append("MAIL_FROM must be an e-mail address when SMTP_HOST is set")
    return MailSettings(host, _whole_number(environ, "SMTP_PORT", 25, problems), sender)
