"""From files to `Knowledge`: read, validate, cross-check, and name every fault at once.

The table `SECTIONS` says which file holds what. What records must agree on among each other is in
`cross_checks`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

from pydantic import ValidationError

from . import cross_checks, faults
from .knowledge import Knowledge, KnowledgeError, Problem
from .reading import UnreadableFile, read_csv, read_yaml, record_name
from .records import (
    CategoryRecord,
    ConsentItemText,
    ConsentText,
    County,
    Course,
    Criterion,
    DeskCalendar,
    FactRecord,
    Measure,
    OfficeDay,
    Organisation,
    PrivacyNotice,
    Record,
    Region,
    RoutingRule,
    SectorGroup,
    ServiceWindow,
    SlaPolicy,
    Source,
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
    Section("measures.yaml", "measures", Measure),
    Section("courses.yaml", "courses", Course),
    Section("service_window.yaml", "service_window", ServiceWindow, single=True),
    Section("service_window.yaml", "zones", Zone),
    Section("regions.yaml", "regions", Region),
    Section("regions.yaml", "counties", County),
    Section("sectors.yaml", "sectors", SectorGroup),
    Section("organisations.yaml", "organisations", Organisation, identity="slug"),
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

    directory: Path
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
    intake = _Intake(directory or DATA)
    for file in dict.fromkeys(section.file for section in SECTIONS):
        _read_file(intake, file)
    _read_office_days(intake)
    intake.problems += cross_checks.problems(intake.records, intake.declared, intake.homes)
    if intake.problems:
        raise KnowledgeError(intake.problems)
    singles = {section.name for section in SECTIONS if section.single}
    parts: dict[str, Any] = {
        name: records[name] if name in singles else MappingProxyType(records)
        for name, records in intake.records.items()
    }
    return Knowledge(**parts, version=_version(intake.directory))


def check(directory: Path | None = None) -> tuple[Problem, ...]:
    """Return every problem of the data in `directory`; empty when it can be used."""
    try:
        load(directory)
    except KnowledgeError as error:
        return error.problems
    return ()


def _read_file(intake: _Intake, file: str) -> None:
    sections = [section for section in SECTIONS if section.file == file]
    try:
        document, duplicates = read_yaml(intake.directory / file)
    except UnreadableFile as error:
        intake.problems.append(Problem(file, "", str(error)))
        return
    intake.problems += [Problem(file, key, reason) for key, reason in duplicates]
    if not isinstance(document, dict):
        intake.problems.append(Problem(file, "", "最外層應為一組鍵與值"))
        return
    known = {section.name for section in sections}
    unknown = [str(key) for key in document if key not in known]
    intake.problems += [Problem(file, key, faults.UNKNOWN_KEY) for key in unknown]
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


def _read_office_days(intake: _Intake) -> None:
    section = Section(OFFICE_CALENDAR, "office_days", OfficeDay, identity="on")
    try:
        rows = read_csv(intake.directory / OFFICE_CALENDAR, ("date", "working_day", "name", "source"))
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
