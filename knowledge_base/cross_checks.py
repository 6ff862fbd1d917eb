"""What records must agree on among each other: references, ties, gaps.

References are held against the ids that the files declare, so that one faulty record does not raise
a second complaint about everything that names it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import combinations
from typing import Any, NamedTuple

from . import condition_checks
from .knowledge import Problem
from .records import (
    Briefing,
    Category,
    ConsentItem,
    Course,
    Criterion,
    Edition,
    Fact,
    FieldOrigin,
    Measure,
    Metric,
    Nickname,
    Organisation,
    OrganisationKind,
    Origin,
    Question,
    Record,
    RoutingRule,
    SlaPolicy,
    SuccessCase,
    Zone,
)

Records = Mapping[str, Mapping[Any, Any]]
Declared = Mapping[str, set[str]]
Fault = tuple[str, str]
"""The path below the record, and the reason."""

_POLICIES = "service_levels.yaml"


class _Scope(NamedTuple):
    records: Records
    declared: Declared

    def unknown(self, path: str, section: str, ids: Iterable[str | None]) -> Iterator[Fault]:
        """Complain of each id that no record of the section bears; an unread section says so itself."""
        known = self.declared.get(section)
        for name in ids:
            if known and name is not None and name not in known:
                yield path, f"{section} 沒有「{name}」"

    def unknown_sectors(self, path: str, names: Iterable[str]) -> Iterator[Fault]:
        groups = self.records.get("sectors", {})
        if len(groups) < len(self.declared.get("sectors", set())):
            return
        known = {name for group in groups.values() for name in (group.id, *group.sectors)}
        for name in names:
            if known and name not in known:
                yield path, f"sectors 沒有「{name}」"


def problems(records: Records, declared: Declared, homes: Mapping[str, str]) -> Iterator[Problem]:
    """Yield every disagreement. `homes` tells the file of `section/id`."""
    scope = _Scope(records, declared)
    for section, entries in records.items():
        for identity, record in entries.items():
            check = _BY_SECTION.get(section)
            key = section if identity == section else f"{section}[{identity}]"
            for path, reason in (*_sources(record, "", scope), *(check(record, scope) if check else ())):
                yield Problem(homes[f"{section}/{identity}"], key + path, reason)
    yield from _sectors_in_one_group(records)
    yield from _regions_without_county(records)
    yield from _missing_members(records, declared)
    yield from _policy_ties(list(records.get("policies", {}).values()))
    yield from _catch_alls(records, declared)


def _sources(value: object, path: str, scope: _Scope) -> Iterator[Fault]:
    """Follow every origin inside a record to a listed source."""
    if isinstance(value, Origin):
        yield from scope.unknown(f"{path}.source", "sources", [value.source])
    elif isinstance(value, Record):
        for name, inner in value:
            yield from _sources(inner, f"{path}.{name}", scope)
    elif isinstance(value, tuple):
        for index, inner in enumerate(value):
            step = f".{inner.field}" if isinstance(inner, FieldOrigin) else f"[{_name(inner) or index}]"
            yield from _sources(inner, path + step, scope)


def _name(value: object) -> str | None:
    return value.key if isinstance(value, Edition) else None


def _measure(record: Measure, scope: _Scope) -> Iterator[Fault]:
    yield from scope.unknown(".successor", "measures", [record.successor])
    yield from scope.unknown(".alternatives", "measures", record.alternatives)
    if record.id in {record.successor, *record.alternatives}:
        yield ".successor", "措施不能接續或替代自己"
    for edition in record.editions:
        place = f".editions[{edition.key}]"
        yield from scope.unknown(f"{place}.budget", "budget_rules", [edition.budget])
        if edition.conditions:
            yield from condition_checks.faults(edition.conditions, f"{place}.conditions", scope.records)


def _criterion(record: Criterion, scope: _Scope) -> Iterator[Fault]:
    yield from condition_checks.faults(record.conditions, ".conditions", scope.records)


def _course(record: Course, scope: _Scope) -> Iterator[Fault]:
    yield from scope.unknown(".prerequisite", "courses", [record.prerequisite])


def _question(record: Question, scope: _Scope) -> Iterator[Fault]:
    yield from scope.unknown(".measures", "measures", record.measures)


def _success_case(record: SuccessCase, scope: _Scope) -> Iterator[Fault]:
    yield from scope.unknown(".measures", "measures", record.measures)
    yield from scope.unknown_sectors(".sector", [record.sector] if record.sector else [])


def _briefing(record: Briefing, scope: _Scope) -> Iterator[Fault]:
    yield from scope.unknown(".measures", "measures", record.measures)
    yield from scope.unknown(".counties", "counties", record.counties)


def _nickname(record: Nickname, scope: _Scope) -> Iterator[Fault]:
    yield from scope.unknown(".measures", "measures", record.measures)
    yield from scope.unknown(".organisations", "organisations", record.organisations)


def _zone(record: Zone, scope: _Scope) -> Iterator[Fault]:
    yield from scope.unknown(".measures", "measures", record.measures)


def _county(record: Any, scope: _Scope) -> Iterator[Fault]:
    yield from scope.unknown(".region", "regions", [record.region])


def _organisation(record: Organisation, scope: _Scope) -> Iterator[Fault]:
    yield from scope.unknown(".region", "regions", [record.region])
    yield from scope.unknown(".seat", "counties", [record.seat])
    yield from scope.unknown(".counties", "counties", record.counties)
    yield from scope.unknown(".measures", "measures", record.measures)
    yield from scope.unknown_sectors(".sectors", record.sectors)


def _routing_rule(record: RoutingRule, scope: _Scope) -> Iterator[Fault]:
    yield from scope.unknown(".when.regions", "regions", record.when.regions)
    yield from scope.unknown(".when.counties", "counties", record.when.counties)
    yield from scope.unknown(".when.measures", "measures", record.when.measures)
    yield from scope.unknown_sectors(".when.sectors", record.when.sectors)
    yield from scope.unknown(".then.organisations", "organisations", record.then.organisations)
    for slug in record.then.organisations:
        organisation = scope.records.get("organisations", {}).get(slug)
        if organisation and organisation.kind is not record.then.kind:
            yield ".then.organisations", f"「{slug}」不是 {record.then.kind}"


def _policy(record: SlaPolicy, scope: _Scope) -> Iterator[Fault]:
    yield from scope.unknown(".match.organisation", "organisations", [record.match.organisation])


def _office_day(record: Any, scope: _Scope) -> Iterator[Fault]:
    yield from scope.unknown(".source", "sources", [record.source])


_BY_SECTION: Mapping[str, Callable[[Any, _Scope], Iterator[Fault]]] = {
    "criteria": _criterion,
    "measures": _measure,
    "courses": _course,
    "faq": _question,
    "success_cases": _success_case,
    "briefings": _briefing,
    "nicknames": _nickname,
    "zones": _zone,
    "counties": _county,
    "organisations": _organisation,
    "routing_rules": _routing_rule,
    "policies": _policy,
    "office_days": _office_day,
}


def _sectors_in_one_group(records: Records) -> Iterator[Problem]:
    homes: dict[str, str] = {}
    for group in records.get("sectors", {}).values():
        for sector in group.sectors:
            first = homes.setdefault(sector, group.id)
            if first != group.id:
                yield Problem("sectors.yaml", f"sectors[{group.id}].sectors", f"「{sector}」已屬於 {first}")


def _regions_without_county(records: Records) -> Iterator[Problem]:
    used = {county.region for county in records.get("counties", {}).values()}
    for region in records.get("regions", {}):
        if region not in used:
            yield Problem("regions.yaml", f"regions[{region}]", "沒有任何縣市屬於此區")


def _missing_members(records: Records, declared: Declared) -> Iterator[Problem]:
    """Closed sets whose every member needs a record."""
    closed = (
        ("facts.yaml", "facts", Fact),
        ("categories.yaml", "categories", Category),
        ("consents.yaml", "consent_items", ConsentItem),
        ("consents.yaml", "consents", OrganisationKind),
    )
    for file, section, members in closed:
        for member in members:
            if section in records and member not in declared.get(section, set()):
                yield Problem(file, section, f"缺少「{member}」")


def _policy_ties(policies: list[SlaPolicy]) -> Iterator[Problem]:
    """Two policies of a metric that are equally specific, match the same case, and are decided by no third."""
    for one, other in combinations(policies, 2):
        a, b = one.match.named, other.match.named
        compatible = all(a[name] == b[name] for name in a.keys() & b.keys())
        both = (a | b).items()
        settled = any(
            third.metric is one.metric
            and len(third.match.named) > len(a)
            and third.match.named.items() <= both
            for third in policies
        )
        # two catch-alls are counted by _catch_alls
        if one.metric is other.metric and a and len(a) == len(b) and compatible and not settled:
            yield Problem(_POLICIES, f"policies[{other.id}]", f"與「{one.id}」同樣具體，無法分出先後")


def _catch_alls(records: Records, declared: Declared) -> Iterator[Problem]:
    """Each metric has exactly one policy that matches everything."""
    policies = records.get("policies", {}).values()
    if not policies or len(policies) < len(declared["policies"]):
        return  # an unread policy may be the missing one; its own problem is reported already
    for metric in Metric:
        general = [policy.id for policy in policies if policy.metric is metric and not policy.match.named]
        if len(general) != 1:
            found = "、".join(general) or "沒有"
            yield Problem(_POLICIES, f"policies({metric})", f"須恰有一條無條件的通則，目前：{found}")
