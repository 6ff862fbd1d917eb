"""All that the desk knows, read once and passed around; and the report of what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from .records import (
    Briefing,
    BudgetRules,
    Category,
    CategoryRecord,
    ConsentItem,
    ConsentItemText,
    ConsentText,
    County,
    Course,
    Criterion,
    DeskCalendar,
    Fact,
    FactRecord,
    Measure,
    Nickname,
    OfficeDay,
    Organisation,
    OrganisationKind,
    PrivacyNotice,
    Question,
    Region,
    RoutingRule,
    SectorGroup,
    ServiceWindow,
    SlaPolicy,
    Source,
    SuccessCase,
    Zone,
)


class Problem(NamedTuple):
    """One fault: the file, the path to the value (with the record's id), and why it is refused."""

    file: str
    key: str
    reason: str

    def __str__(self) -> str:
        return f"{self.file}: {self.key}: {self.reason}" if self.key else f"{self.file}: {self.reason}"


class KnowledgeError(Exception):
    """The data cannot be used; `problems` holds every fault found, in the order of the files."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(map(str, self.problems)))


@dataclass(frozen=True)
class Knowledge:
    """Read-only mappings by id, in the order of the files. `version` names the data's content."""

    sources: Mapping[str, Source]
    facts: Mapping[Fact, FactRecord]
    criteria: Mapping[str, Criterion]
    budget_rules: Mapping[str, BudgetRules]
    measures: Mapping[str, Measure]
    courses: Mapping[str, Course]
    service_window: ServiceWindow
    zones: Mapping[str, Zone]
    regions: Mapping[str, Region]
    counties: Mapping[str, County]
    sectors: Mapping[str, SectorGroup]
    organisations: Mapping[str, Organisation]
    faq: Mapping[str, Question]
    success_cases: Mapping[str, SuccessCase]
    briefings: Mapping[str, Briefing]
    nicknames: Mapping[str, Nickname]
    categories: Mapping[Category, CategoryRecord]
    routing_rules: Mapping[str, RoutingRule]
    policies: Mapping[str, SlaPolicy]
    calendar: DeskCalendar
    office_days: Mapping[date, OfficeDay]
    privacy_notice: PrivacyNotice
    consent_items: Mapping[ConsentItem, ConsentItemText]
    consents: Mapping[OrganisationKind, ConsentText]
    version: str
