"""What the desk amends over the shipped knowledge: closures, calendars, targets, hours, the catalogue.

Decides how amendments and shipped data make the calendar and the policies in force. Who may amend is
`permissions`; what a closure may be is `closure_rules`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from functools import cached_property
from typing import Any

from helpdesk.policy.desk_calendar import desk_calendar
from helpdesk.policy.eligibility import RuleBook, rule_book
from helpdesk.policy.finding.index import Index
from helpdesk.policy.level_changes import week_in_words
from helpdesk.policy.service_calendar import Closure, ServiceCalendar, SpecialDay
from helpdesk.policy.window_closings import WindowClosing, with_closings
from knowledge_base.knowledge import Knowledge
from knowledge_base.loader import amended
from knowledge_base.records.provenance import Origin
from knowledge_base.records.sla_policies import DeskCalendar, OpeningPeriod, SlaPolicy, SlaTarget

Catalogue = Mapping[str, Mapping[str, Mapping[str, Any]]]
"""Raw records that lie over the shipped ones, by section and id."""

DECIDED = Origin(source="desk", checked=True, note="由服務窗口訂定")


class TermsChangeKind(StrEnum):
    """What was changed."""

    CLOSURE_DECLARED = "closure_declared"
    CLOSURE_WITHDRAWN = "closure_withdrawn"
    CALENDAR_IMPORTED = "calendar_imported"
    LEVELS_SET = "levels_set"
    KNOWLEDGE_RELEASED = "knowledge_released"
    CATALOGUE_EDITED = "catalogue_edited"
    WINDOW_CLOSED = "window_closed"
    WINDOW_REOPENED = "window_reopened"


@dataclass(frozen=True, slots=True)
class Amendments:
    """All that holds over the shipped data. `targets` by policy id; `opening` None keeps the shipped week.

    `former_openings` are the hours that held until a local date, in order, None the shipped ones: what was
    open in the past stays so. `window_closings` hold over the records of the catalogue.
    """

    closures: tuple[Closure, ...] = ()
    official_years: Mapping[int, tuple[SpecialDay, ...]] = field(default_factory=dict)
    targets: Mapping[str, SlaTarget] = field(default_factory=dict)
    opening: tuple[OpeningPeriod, ...] | None = None
    former_openings: tuple[tuple[date, tuple[OpeningPeriod, ...] | None], ...] = ()
    catalogue: Catalogue = field(default_factory=dict)
    window_closings: tuple[WindowClosing, ...] = ()

    def opened_from(self, on: date, opening: tuple[OpeningPeriod, ...] | None) -> "Amendments":
        """Return the amendments with other hours from a local date on, not before the last change."""
        if opening == self.opening:
            return self
        changed_today = bool(self.former_openings) and self.former_openings[-1][0] == on
        former = self.former_openings if changed_today else (*self.former_openings, (on, self.opening))
        return replace(self, opening=opening, former_openings=former)


@dataclass(frozen=True)
class ServiceTerms:
    """The knowledge, the calendar and the conditions of measures in force at one version of the terms."""

    version: int
    knowledge: Knowledge
    calendar: ServiceCalendar
    rules: RuleBook
    official_years: frozenset[int] = frozenset()

    @cached_property
    def index(self) -> Index:
        """Return the index of the knowledge in force, built when somebody first looks something up."""
        return Index.of(self.knowledge)


def terms_under(shipped: Knowledge, amendments: Amendments, version: int) -> ServiceTerms:
    """Return what holds when `amendments` lie over the shipped knowledge.

    A target for a policy that is no longer shipped is passed over. Raises ValueError (pydantic's) for
    opening hours that overlap or an empty week, KnowledgeError naming everything in which the desk's records
    and closings do not agree with what is shipped.
    """
    shipped = with_closings(amended(shipped, amendments.catalogue), amendments.window_closings)
    window = shipped.service_window
    if amendments.opening is not None:
        window = window.model_copy(update={"hours_text": week_in_words(amendments.opening)})
    knowledge = replace(
        shipped,
        service_window=window,
        policies={key: _amended(policy, amendments.targets) for key, policy in shipped.policies.items()},
        calendar=_reopened(shipped.calendar, amendments.opening),
    )
    former = [
        (until, shipped.calendar.opening if opening is None else opening)
        for until, opening in amendments.former_openings
    ]
    calendar = desk_calendar(knowledge, amendments.closures, amendments.official_years, former)
    rules, years = rule_book(knowledge), frozenset(amendments.official_years)
    return ServiceTerms(version, knowledge, calendar, rules, years)


def _amended(policy: SlaPolicy, targets: Mapping[str, SlaTarget]) -> SlaPolicy:
    target = targets.get(policy.id)
    return policy.model_copy(update={"target": target, "origin": DECIDED}) if target else policy


def _reopened(shipped: DeskCalendar, opening: tuple[OpeningPeriod, ...] | None) -> DeskCalendar:
    if opening is None:
        return shipped
    # Built anew, not copied: the record refuses overlapping periods.
    return DeskCalendar(**{**dict(shipped), "opening": opening, "origin": DECIDED})
