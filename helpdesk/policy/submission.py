"""What every door delivers, and what it must look like before it is taken in.

Checks form, never eligibility: a 統一編號 can be wrong, an enterprise cannot be "not allowed to ask".
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from helpdesk.policy.phone_numbers import parse_phone
from helpdesk.policy.text_rules import clean_line
from helpdesk.policy.ubn import parse_ubn
from knowledge_base.records.vocabulary import Category, Channel, Theme, Urgency

T = TypeVar("T")

MAX_EMPLOYEES = 1_000_000
_EMAIL = re.compile(  # dot-atoms alone: what a mail server takes without asking for more than ASCII
    r"[\w!#$%&*+/=?^`{|}~-]+(?:\.[\w!#$%&*+/=?^`{|}~-]+)*"
    r"@(?:[a-z\d](?:[a-z\d-]*[a-z\d])?\.)+[a-z][a-z\d-]*[a-z\d]",
    re.ASCII | re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class EnterpriseFacts:
    """Who needs help, as far as it was said; unknown facts are None."""

    ubn: str | None = None
    name: str | None = None
    county: str | None = None
    sector: str | None = None
    regular_employees: int | None = None


@dataclass(frozen=True, slots=True)
class ContactFacts:
    """Who speaks for the enterprise; `phone` is E.164 with an optional #extension."""

    name: str | None = None
    phone: str | None = None
    email: str | None = None


@dataclass(frozen=True, slots=True)
class Upload:
    """One attached file, already read."""

    filename: str
    content_type: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Submission:
    """What a channel delivered. `text` is verbatim; `idempotency_key` names the delivery."""

    channel: Channel
    text: str
    idempotency_key: str
    enterprise: EnterpriseFacts = EnterpriseFacts()
    contact: ContactFacts = ContactFacts()
    stated_category: Category | None = None
    theme: Theme | None = None
    measure: str | None = None
    wants_verification: bool = False
    urgency: Urgency = Urgency.NORMAL
    consent: frozenset[str] = frozenset()
    external_id: str | None = None
    facts: Mapping[str, bool | int | str] = field(default_factory=dict)
    uploads: tuple[Upload, ...] = ()


class Refused(ValueError):
    """Fields that cannot be taken in; `problems` maps each to a sentence for the person who typed it."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__("; ".join(f"{name}: {reason}" for name, reason in problems.items()))
        self.problems = dict(problems)


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What fields are checked against; `county` returns the name of a county in any spelling, or None."""

    county: Callable[[str], str | None]
    sectors: frozenset[str]


def check_enterprise(raw: Mapping[str, str], vocabulary: Vocabulary) -> EnterpriseFacts:
    """Return the facts from what was typed; empty means unknown.

    Raises Refused naming each field (`ubn`, `name`, `county`, `sector`, `regular_employees`).
    """
    problems: dict[str, str] = {}
    values = {name: (raw.get(name) or "").strip() for name in ("ubn", "name", "county", "sector")}
    ubn = _checked(problems, "ubn", parse_ubn, values["ubn"])
    name = _checked(problems, "name", clean_line, values["name"])
    county = vocabulary.county(values["county"]) if values["county"] else None
    if values["county"] and county is None:
        problems["county"] = "請從清單選擇縣市，或選「不知道」。"
    if values["sector"] and values["sector"] not in vocabulary.sectors:
        problems["sector"] = "請從清單選擇行業，或選「不知道」。"
    employees = _checked(problems, "regular_employees", parse_employees, raw.get("regular_employees") or "")
    if problems:
        raise Refused(problems)
    return EnterpriseFacts(ubn, name or None, county, values["sector"] or None, employees)


def check_contact(raw: Mapping[str, str], *, reachable: bool = True) -> ContactFacts:
    """Return who to answer; with `reachable`, a phone number or an e-mail address must be there.

    Raises Refused naming each field (`contact_name`, `phone`, `email`).
    """
    problems: dict[str, str] = {}
    name = _checked(problems, "contact_name", clean_line, raw.get("contact_name") or "")
    phone = _checked(problems, "phone", lambda text: str(parse_phone(text)), raw.get("phone") or "")
    email = _checked(problems, "email", parse_email, raw.get("email") or "")
    if reachable and not (phone or email or problems):
        problems["phone"] = "電話和電子郵件至少要填一項，我們才能回覆您。"
    if problems:
        raise Refused(problems)
    return ContactFacts(name or None, phone, email)


def parse_employees(text: str) -> int:
    """Return a head-count of 0 or more; thousands separators, full-width digits and 人 are forgiven."""
    cleaned = re.sub(r"[\s,，人位名]", "", text)
    if not cleaned.isdecimal() or len(cleaned) > len(str(MAX_EMPLOYEES)) or int(cleaned) > MAX_EMPLOYEES:
        raise ValueError("員工人數請填整數，例如 12；不確定可以留白。")
    return int(cleaned)


def parse_email(text: str) -> str:
    """Return the address; full-width characters are accepted. Raises ValueError for what cannot be one."""
    address = clean_line(unicodedata.normalize("NFKC", text), limit=254)
    if not _EMAIL.fullmatch(address):
        raise ValueError("電子郵件的格式不對，例如 name@example.com。")
    return address


def _checked(problems: dict[str, str], name: str, parse: Callable[[str], T], text: str) -> T | None:
    """Return the parsed text, None for an empty one; a refusal is noted under `name`."""
    if not text.strip():
        return None
    try:
        return parse(text)
    except ValueError as refusal:
        problems[name] = str(refusal)
        return None
