"""From files to `Knowledge`: read, validate, cross-check, and name every fault at once.

The table `SECTIONS` says which file holds what. What records must agree on among each other is in
`cross_checks`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

from pydantic import ValidationError

from . import cross_checks, faults
from .knowledge import Knowledge, KnowledgeError, Problem
from .reading import UnreadableFile, read_csv, read_yaml, record_name
from .records import (
    Briefing,
    BudgetRules,
    CategoryRecord,
    ConsentItemText,
    ConsentText,
    County,
    Course,
    Criterion,
    DeskCalendar,
    FactRecord,
    Measure,
    Nickname,
    OfficeDay,
    Organisation,
    PrivacyNotice,
    Question,
    Record,
    Region,
    RoutingRule,
    SectorGroup,
    ServiceWindow,
    SlaPolicy,
    Source,
    SuccessCase,
    Zone,
)

DATA = Path(__file__).parent / "data"
OFFICE_CALENDAR = "office_calendar.csv"


@dataclass(frozen=True)
class Section:
    """Where records of a kind stand: under the key `name` of `file`, as a list or as one record."""

    file: str
    name: str
    model: type[Record]
    identity: str = "id"
    single: bool = False


SECTIONS = (
    Section("sources.yaml", "sources", Source),
    Section("facts.yaml", "facts", FactRecord),
    Section("criteria.yaml", "criteria", Criterion),
    Section("budget_rules.yaml", "budget_rules", BudgetRules),
    Section("measures.yaml", "measures", Measure),
    Section("courses.yaml", "courses", Course),
    Section("service_window.yaml", "service_window", ServiceWindow, single=True),
    Section("service_window.yaml", "zones", Zone),
    Section("regions.yaml", "regions", Region),
    Section("regions.yaml", "counties", County),
    Section("sectors.yaml", "sectors", SectorGroup),
    Section("organisations.yaml", "organisations", Organisation, identity="slug"),
    Section("faq.yaml", "faq", Question),
    Section("success_cases.yaml", "success_cases", SuccessCase),
    Section("briefings.yaml", "briefings", Briefing),
    Section("nicknames.yaml", "nicknames", Nickname),
    Section("categories.yaml", "categories", CategoryRecord),
    Section("routing.yaml", "routing_rules", RoutingRule),
    Section("service_levels.yaml", "policies", SlaPolicy),
    Section("calendar.yaml", "calendar", DeskCalendar, single=True),
    Section("consents.yaml", "privacy_notice", PrivacyNotice, single=True),
    Section("consents.yaml", "consent_items", ConsentItemText),
    Section("consents.yaml", "consents", ConsentText),
)


@dataclass
class _Intake:
    """What has been read so far: valid records and the raw ids by section, and the problems."""

    records: dict[str, dict[Any, Any]] = field(default_factory=dict)
    declared: dict[str, set[str]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    homes: dict[str, str] = field(default_factory=dict)

    def add(self, name: str, identity: Any, record: Record, file: str) -> None:
        place = self.records.setdefault(name, {})
        if identity in place:
            first = self.homes[f"{name}/{identity}"]
            self.problems.append(Problem(file, f"{name}[{identity}]", f"識別碼重複，已見於 {first}"))
            return
        place[identity] = record
        self.homes[f"{name}/{identity}"] = file


def load(directory: Path | None = None) -> Knowledge:
    """Read and check all data of `directory` (the shipped data by default).

    Raises KnowledgeError with every problem found.
    """
    intake, directory = _Intake(), directory or DATA
    for file in dict.fromkeys(section.file for section in SECTIONS):
        _read_file(intake, directory / file)
    _read_office_days(intake, directory / OFFICE_CALENDAR)
    intake.problems += cross_checks.problems(intake.records, intake.declared, intake.homes)
    if intake.problems:
        raise KnowledgeError(intake.problems)
    singles = {section.name for section in SECTIONS if section.single}
    parts: dict[str, Any] = {
        name: records[name] if name in singles else MappingProxyType(records)
        for name, records in intake.records.items()
    }
    return Knowledge(**parts, version=_version(directory))


def check(directory: Path | None = None) -> tuple[Problem, ...]:
    """Return every problem of the data in `directory`; empty when it can be used."""
    try:
        load(directory)
    except KnowledgeError as error:
        return error.problems
    return ()


def amended(knowledge: Knowledge, raw: Mapping[str, Mapping[str, object]]) -> Knowledge:
    """Return the knowledge with records replaced, or added at the end: raw records by section and id.

    Records and everything they must agree on are checked as for the files. Raises KnowledgeError with
    every problem found, under the keys that the files would have.
    """
    if not any(raw.values()):
        return knowledge
    intake = _taken_in(knowledge)
    sections = {section.name: section for section in SECTIONS if not section.single}
    for name, entries in raw.items():
        if name not in sections:
            intake.problems.append(Problem("", name, faults.UNKNOWN_KEY))
        for identity, item in entries.items() if name in sections else ():
            _amend(intake, sections[name], identity, item)
    intake.problems += cross_checks.problems(intake.records, intake.declared, intake.homes)
    if intake.problems:
        raise KnowledgeError(intake.problems)
    parts: dict[str, Any] = {name: MappingProxyType(intake.records[name]) for name in raw}
    content = f"{knowledge.version}\0{json.dumps(raw, sort_keys=True, default=str)}"
    version = hashlib.sha256(content.encode()).hexdigest()[:12]
    return replace(knowledge, **parts, version=version)


def _taken_in(knowledge: Knowledge) -> _Intake:
    """Lay out knowledge as if its records had just been read."""
    intake = _Intake()
    files = {section.name: section.file for section in SECTIONS} | {"office_days": OFFICE_CALENDAR}
    for name, file in files.items():
        value = getattr(knowledge, name)
        records = intake.records[name] = dict(value) if isinstance(value, Mapping) else {name: value}
        intake.declared[name] = {str(identity) for identity in records}
        intake.homes |= {f"{name}/{identity}": file for identity in records}
    return intake


def _amend(intake: _Intake, section: Section, identity: str, item: object) -> None:
    key = f"{section.name}[{identity}]"
    intake.declared[section.name].add(identity)
    for record in _validated(intake, section, key, item):
        own = getattr(record, section.identity)
        intake.records[section.name][own] = record
        intake.homes[f"{section.name}/{own}"] = section.file
        if own != identity:
            intake.problems.append(Problem(section.file, f"{key}.{section.identity}", f"應為「{identity}」"))


def _read_file(intake: _Intake, path: Path) -> None:
    file = path.name
    sections = [section for section in SECTIONS if section.file == file]
    try:
        document, duplicates = read_yaml(path)
    except UnreadableFile as error:
        intake.problems.append(Problem(file, "", str(error)))
        return
    intake.problems += [Problem(file, key, reason) for key, reason in duplicates]
    if not isinstance(document, dict):
        intake.problems.append(Problem(file, "", "最外層應為一組鍵與值"))
        return
    known = {section.name for section in sections}
    intake.problems += [Problem(file, str(key), faults.UNKNOWN_KEY) for key in document if key not in known]
    for section in sections:
        if section.name not in document:
            intake.problems.append(Problem(file, section.name, faults.MISSING_KEY))
        else:
            _read_section(intake, section, document[section.name])


def _read_section(intake: _Intake, section: Section, raw: object) -> None:
    if section.single:
        for record in _validated(intake, section, section.name, raw):
            intake.add(section.name, section.name, record, section.file)
        return
    if not isinstance(raw, list) or not raw:
        intake.problems.append(Problem(section.file, section.name, "應為至少一筆的清單"))
        return
    for index, item in enumerate(raw):
        name = record_name(item)
        intake.declared.setdefault(section.name, set()).add(name or "")
        for record in _validated(intake, section, f"{section.name}[{name or index}]", item):
            intake.add(section.name, getattr(record, section.identity), record, section.file)


def _validated(intake: _Intake, section: Section, key: str, raw: object) -> Iterator[Record]:
    """Give the record, or nothing and its problems."""
    try:
        yield section.model.model_validate(raw)
    except ValidationError as error:
        intake.problems += [Problem(section.file, key + path, why) for path, why in faults.faults(error, raw)]


def _read_office_days(intake: _Intake, path: Path) -> None:
    section = Section(OFFICE_CALENDAR, "office_days", OfficeDay, identity="on")
    try:
        rows = read_csv(path, ("date", "working_day", "name", "source"))
    except UnreadableFile as error:
        intake.problems.append(Problem(OFFICE_CALENDAR, "", str(error)))
        return
    for row in rows:
        working = {"yes": True, "no": False}.get(row["working_day"], row["working_day"])
        raw = {"on": row["date"], "working_day": working, "name": row["name"], "source": row["source"]}
        for record in _validated(intake, section, f"office_days[{row['date']}]", raw):
            intake.add(section.name, record.on, record, OFFICE_CALENDAR)  # type: ignore[attr-defined]


def _version(directory: Path) -> str:
    """Name the content of all data files by the first 12 digits of their SHA-256."""
    digest = hashlib.sha256()
    for path in sorted(p for p in directory.rglob("*") if p.suffix in {".yaml", ".csv"}):
        digest.update(path.relative_to(directory).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:12]
