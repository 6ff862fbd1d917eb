"""The desk's directory in the nested form of the Human Services Data Specification 3.0.

A measure is a service of the agency in charge, under the agency's name of today; an organisation that takes
referrals offers one service by its kind. Inboxes, capacity and whatever else serves the desk alone stay out.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from .hsds_measures import measure_service
from .hsds_organisations import offer, organisation_record
from .hsds_parts import AGENCY, JOINT, ORGANISATION_KINDS, Json, attribute, filled, identity
from .knowledge import Knowledge
from .records import Measure

BRIEFLY = ("id", "organization_id", "name", "status")


def services(knowledge: Knowledge, *, on: datetime) -> list[Json]:
    """Return every service with its organisation, agencies' first, in the order of the data.

    A measure is active while applications are taken at the aware instant `on`. Raises ValueError for a
    naive one. Source: HSDS 3.0, schema of `service`.
    """
    return [
        {**service, "organization": organisation}
        for organisation, offered in _directory(knowledge, on)
        for service in offered
    ]


def organisations(knowledge: Knowledge, *, on: datetime) -> list[Json]:
    """Return every organisation with its services in brief: their state is that of `on`.

    Raises ValueError for a naive instant. Source: HSDS 3.0, schema of `organization`.
    """
    return [
        {**organisation, "services": [{name: service[name] for name in BRIEFLY} for service in offered]}
        for organisation, offered in _directory(knowledge, on)
    ]


def row(record: Json) -> Json:
    """Return a record as lists show it: without what it has several of. Source: HSDS 3.0, `*_list` schemas."""
    return {
        name: row(value) if isinstance(value, dict) else value
        for name, value in record.items()
        if not isinstance(value, list)
    }


def _directory(knowledge: Knowledge, on: datetime) -> Iterator[tuple[Json, list[Json]]]:
    """Yield each organisation with the services that it offers."""
    hosted: dict[str, list[Measure]] = {}
    for measure in knowledge.measures.values():
        hosted.setdefault(_agency(measure), []).append(measure)
    for name, measures in hosted.items():
        agency = _agency_record(knowledge, name, measures)
        yield agency, [measure_service(knowledge, measure, agency["id"], on) for measure in measures]
    for organisation in knowledge.organisations.values():
        yield organisation_record(organisation), [offer(knowledge, organisation, on)]


def _agency(measure: Measure) -> str:
    """Return who offers a measure: of a joint host the one named first."""
    return measure.host.now.split(JOINT)[0]


def _former_names(knowledge: Knowledge, name: str) -> list[str]:
    """Return what an agency was called. An office whose matters went to several is a former name of none."""
    became: dict[str, set[str]] = {}
    for measure in knowledge.measures.values():
        became.setdefault(measure.host.then, set()).add(measure.host.now)
    return [then for then, now in became.items() if now == {name} and then != name]


def _agency_record(knowledge: Knowledge, name: str, measures: list[Measure]) -> Json:
    record = filled(
        id=identity(AGENCY, name),
        name=name,
        alternate_name=JOINT.join(_former_names(knowledge, name)),
        description=f"{ORGANISATION_KINDS.words[AGENCY]}。主辦措施：{JOINT.join(m.name for m in measures)}。",
    )
    kind = attribute("organization", record["id"], ORGANISATION_KINDS, AGENCY, link_type="organization_type")
    return {**record, "attributes": [kind]}
