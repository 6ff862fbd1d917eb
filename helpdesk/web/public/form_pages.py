"""The six pages of the service form: what each asks, and how what was typed is checked."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from helpdesk.policy.submission import (
    ContactFacts,
    EnterpriseFacts,
    Refused,
    Submission,
    Upload,
    check_contact,
    check_enterprise,
)
from helpdesk.policy.text_rules import BadText, check_text
from helpdesk.web.installation import equipment
from helpdesk.web.vocabulary import vocabulary
from knowledge_base.records.vocabulary import Category, Channel, Fact, OrganisationKind, Theme

Typed = Mapping[str, Any]

STATED = tuple(category for category in Category if category is not Category.OUT_OF_SCOPE)


@dataclass(frozen=True, slots=True)
class FormPage:
    """One page: its address, its heading, the fields it keeps, the ones with several values, its check."""

    slug: str
    title: str
    fields: tuple[str, ...]
    check: Callable[[Typed], object]
    several: tuple[str, ...] = ()


def _check_need(typed: Typed) -> str:
    try:
        text = check_text(typed.get("text", ""))
    except BadText as refusal:
        raise Refused({"text": str(refusal)}) from None
    stated = typed.get("stated_category", "")
    if stated and stated not in {*STATED}:
        raise Refused({"stated_category": "請從下面的選項中選一項，或選「不確定」。"})
    return text


def _check_enterprise(typed: Typed) -> EnterpriseFacts:
    return check_enterprise(typed, vocabulary())


def _check_facts(typed: Typed) -> None:
    problems = {}
    if typed.get("theme", "") not in {"", *Theme}:
        problems["theme"] = "請從選項中選一項，或選「不知道」。"
    if typed.get("factory_registration", "") not in {"", *(value for value, _ in factory_registrations())}:
        problems["factory_registration"] = "請從選項中選一項，或選「不知道」。"
    if problems:
        raise Refused(problems)


def _check_consent(typed: Typed) -> None:
    if set(typed.get("consent", [])) - {*OrganisationKind}:
        raise Refused({"consent": "請從清單勾選；都不勾選也可以送出。"})


PAGES = (
    FormPage("need", "您遇到什麼情況？", ("text", "stated_category"), _check_need),
    FormPage(
        "enterprise",
        "關於您的企業",
        ("ubn", "name", "county", "sector", "regular_employees"),
        _check_enterprise,
    ),
    FormPage("contact", "怎麼聯絡您？", ("contact_name", "phone", "email"), check_contact),
    FormPage(
        "facts", "幾個有助判斷的問題", ("theme", "factory_registration", "wants_verification"), _check_facts
    ),
    FormPage("consent", "同意轉介的單位", (), _check_consent, several=("consent",)),
    FormPage("check", "送出前請再看一次", (), lambda _typed: None),
)
BY_SLUG = {page.slug: page for page in PAGES}
CHECK = PAGES[-1]


def factory_registrations() -> tuple[tuple[str, str], ...]:
    """Return what a factory registration can be: value and words."""
    record = equipment().knowledge.facts[Fact.FACTORY_REGISTRATION]
    return tuple((choice.value, choice.label) for choice in record.choices)


def place_of(page: FormPage) -> int:
    """Return the page's number, from 1."""
    return PAGES.index(page) + 1


def following(page: FormPage) -> FormPage:
    """Return the page after this one; the last one follows itself."""
    return PAGES[min(place_of(page), len(PAGES) - 1)]


def before(page: FormPage) -> FormPage | None:
    """Return the page before this one."""
    return PAGES[place_of(page) - 2] if place_of(page) > 1 else None


def first_problem(typed: Typed) -> tuple[FormPage, Mapping[str, str]] | None:
    """Return the first page that cannot be sent as it is, with its problems."""
    for page in PAGES:
        try:
            page.check(typed)
        except Refused as refusal:
            return page, refusal.problems
    return None


def build_submission(typed: Typed, *, key: str, uploads: tuple[Upload, ...]) -> Submission:
    """Return the submission of a whole form. Raises Refused as the pages' checks do."""
    _check_need(typed)
    contact: ContactFacts = check_contact(typed)
    facts = {name: typed[name] for name in ("factory_registration",) if typed.get(name)}
    return Submission(
        channel=Channel.MOBILE_FORM,
        text=typed["text"],
        idempotency_key=f"form:{key}",
        enterprise=_check_enterprise(typed),
        contact=contact,
        stated_category=Category(typed["stated_category"]) if typed.get("stated_category") else None,
        theme=Theme(typed["theme"]) if typed.get("theme") else None,
        wants_verification=typed.get("wants_verification") == "yes",
        consent=frozenset(typed.get("consent", [])),
        facts=facts,
        uploads=uploads,
    )
