"""An organisation that takes referrals as an HSDS 3.0 organisation, and the one service of its kind."""

from __future__ import annotations

from datetime import datetime

from . import lookup
from .hsds_parts import (
    JOINT,
    ORGANISATION_KINDS,
    SECTORS,
    THEMES,
    Json,
    assumptions,
    attribute,
    chinese,
    doubt,
    filled,
    identity,
    lines,
    phones,
    told,
)
from .knowledge import Knowledge
from .records import Measure, Organisation, OrganisationKind, WindowState

OFFERS = {
    OrganisationKind.COUNSELLING_TEAM: "升級轉型輔導",
    OrganisationKind.SUBSIDY_CONTACT: "措施說明與申請協助",
    OrganisationKind.VERIFICATION_BODY: "溫室氣體排放查驗",
}


def organisation_record(organisation: Organisation) -> Json:
    """Return the organisation without its inboxes, its capacity and what it is routed by."""
    identifier = identity("organisation", organisation.slug)
    record = filled(
        id=identifier,
        name=organisation.name,
        alternate_name=organisation.short_name,
        description=_organisation_in_words(organisation),
        phones=phones("organization", identifier, organisation.phones, organisation.origin_of("phones")),
        organization_identifiers=_identifiers(identifier, organisation),
    )
    kind = attribute(
        "organization", identifier, ORGANISATION_KINDS, organisation.kind, link_type="organization_type"
    )
    return {**record, "attributes": [kind, *assumptions("organization", record)]}


def offer(knowledge: Knowledge, organisation: Organisation, on: datetime) -> Json:
    """Return the service that an organisation offers by its kind."""
    owner, service = identity("organisation", organisation.slug), identity("offer", organisation.slug)
    measures = [knowledge.measures[measure] for measure in organisation.measures]
    record = filled(
        id=service,
        organization_id=owner,
        name=f"{organisation.short_name}：{OFFERS[organisation.kind]}",
        description=_offer_in_words(organisation, measures),
        status="active" if organisation.active and _is_timely(measures, on) else "inactive",
        eligibility_description=_clients(organisation),
        accreditations=_listed(organisation, "scopes"),
        phones=phones("service", service, organisation.phones, organisation.origin_of("phones")),
        service_areas=_areas(knowledge, service, organisation),
        languages=chinese(service),
    )
    marks = [*_marks(service, organisation, "themes"), *_marks(service, organisation, "sectors")]
    return {**record, "attributes": [*marks, *assumptions("service", record)]}


def _is_timely(measures: list[Measure], on: datetime) -> bool:
    """Return whether one of the measures takes applications; an offer bound to none is always timely."""
    states = [lookup.window_state(lookup.edition_at(measure, on), on) for measure in measures]
    return not states or WindowState.OPEN in states


def _listed(organisation: Organisation, field: str, label: str = "") -> str | None:
    """Return the words of a field in one line, None when it has none."""
    words = getattr(organisation, field)
    return told(label + JOINT.join(words), organisation.origin_of(field)) if words else None


def _organisation_in_words(organisation: Organisation) -> str:
    names = organisation.origin_of("name")
    return lines(
        told(ORGANISATION_KINDS.words[organisation.kind], organisation.origin_of("kind")),
        None if names.checked else told(f"名稱：{organisation.name}", names),
        _listed(organisation, "specialities", "專長："),
    )


def _offer_in_words(organisation: Organisation, measures: list[Measure]) -> str:
    return lines(
        told(OFFERS[organisation.kind], organisation.origin_of("kind")),
        told(
            f"承辦措施：{JOINT.join(measure.name for measure in measures)}",
            organisation.origin_of("measures"),
        )
        if measures
        else None,
        _listed(organisation, "specialities", "專長："),
    )


def _clients(organisation: Organisation) -> str:
    least, most = organisation.employees_min, organisation.employees_max
    return lines(
        _listed(organisation, "sectors", "產業："),
        told(f"員工 {least} 人以上", organisation.origin_of("employees_min")) if least is not None else None,
        told(f"員工 {most} 人以下", organisation.origin_of("employees_max")) if most is not None else None,
    )


def _identifiers(owner: str, organisation: Organisation) -> list[Json]:
    ubn = organisation.ubn
    if ubn is None:
        return []
    return [
        {
            "id": identity(owner, "identifier", ubn),
            "organization_id": owner,
            "identifier_type": "統一編號",
            "identifier": ubn,
        }
    ]


def _areas(knowledge: Knowledge, service: str, organisation: Organisation) -> list[Json]:
    """Return the counties that are served, else those of the organisation's region, else the whole country."""
    region = organisation.region
    if organisation.counties:
        named = [(county, "", organisation.origin_of("counties")) for county in organisation.counties]
    elif region:
        within = [county for county in knowledge.counties.values() if county.region == region]
        counties = told(JOINT.join(county.id for county in within), *(county.origin for county in within))
        named = [(region, counties, organisation.origin_of("region"))]
    else:
        named = [("全國", "", organisation.origin_of("counties"))]
    return [
        filled(
            id=identity(service, "area", name),
            service_id=service,
            name=name,
            description=told(within, origin),
        )
        for name, within, origin in named
    ]


def _marks(service: str, organisation: Organisation, field: str) -> list[Json]:
    """Return the themes or sectors as attributes; the value of an assumed one says so."""
    taxonomy, link_type = {"themes": (THEMES, "service_focus"), "sectors": (SECTORS, "audience")}[field]
    value = doubt(organisation.origin_of(field))
    return [
        attribute("service", service, taxonomy, code, link_type=link_type, value=value)
        for code in getattr(organisation, field)
    ]
