"""`/api/v1/hsds`: the public directory of measures and organisations, in the form of HSDS 3.0.

Paging, filters and what a list shows are the HSDS API's. A filter of its that is not kept here is refused,
not passed over: whoever asked for a part would take the whole for it.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from flask import current_app, jsonify, request
from flask.typing import ResponseReturnValue

from helpdesk import clock
from helpdesk.policy.submission import Refused
from helpdesk.web.access import public
from helpdesk.web.api import bp
from helpdesk.web.api.answers import refusal
from helpdesk.web.installation import equipment
from knowledge_base import hsds
from knowledge_base.hsds_parts import Json
from knowledge_base.knowledge import Knowledge

ABOUT = {
    "version": "3.0",
    "profile": "https://docs.openreferral.org/en/latest/hsds/",
    "openapi_url": "https://raw.githubusercontent.com/openreferral/specification/3.0/schema/openapi.json",
}
USUAL_SIZE, LARGEST_SIZE = 50, 100
COUNT = re.compile(r"[1-9][0-9]{0,8}")
HELD = "hsds_directory"


@dataclass(frozen=True, slots=True)
class Directory:
    """All records by id, as they are in one minute under one state of the knowledge."""

    knowledge: Knowledge
    minute: datetime
    services: Mapping[str, Json]
    organisations: Mapping[str, Json]


@bp.get("/hsds/")
@public
def hsds_about() -> ResponseReturnValue:
    """Say which version of HSDS this is."""
    return _kept(ABOUT)


@bp.get("/hsds/services")
@public
def hsds_services() -> ResponseReturnValue:
    """List services by page, whole ones with `full=true`; 422 names each bad parameter."""
    return _page(directory().services.values(), _asked("organization_id", "taxonomy_term_id"))


@bp.get("/hsds/services/<uuid:service_id>")
@public
def hsds_service(service_id: UUID) -> ResponseReturnValue:
    """Return a service with all that belongs to it."""
    return _single(directory().services.get(str(service_id)), "找不到這項服務。")


@bp.get("/hsds/organizations")
@public
def hsds_organisations() -> ResponseReturnValue:
    """List organisations by page, whole ones with `full=true`; 422 names each bad parameter."""
    return _page(directory().organisations.values(), _asked("taxonomy_term_id"))


@bp.get("/hsds/organizations/<uuid:organisation_id>")
@public
def hsds_organisation(organisation_id: UUID) -> ResponseReturnValue:
    """Return an organisation with all that belongs to it, its services in brief."""
    return _single(directory().organisations.get(str(organisation_id)), "找不到這個單位。")


def directory() -> Directory:
    """Return the directory of this minute; windows open and close on whole minutes, so none is missed."""
    knowledge, minute = equipment().knowledge, clock.now().replace(second=0, microsecond=0)
    held = cast("Directory | None", current_app.extensions.get(HELD))
    if held is None or held.knowledge is not knowledge or held.minute != minute:
        held = Directory(
            knowledge,
            minute,
            {record["id"]: record for record in hsds.services(knowledge, on=minute)},
            {record["id"]: record for record in hsds.organisations(knowledge, on=minute)},
        )
        current_app.extensions[HELD] = held
    return held


def _number(text: str) -> int:
    if not COUNT.fullmatch(text):
        raise ValueError(text)
    return int(text)


def _size(text: str) -> int:
    if (size := _number(text)) > LARGEST_SIZE:
        raise ValueError(text)
    return size


def _flag(text: str) -> bool:
    return {"true": True, "false": False}[text]


def _id(text: str) -> str:
    return str(UUID(text))


PARAMETERS: Mapping[str, tuple[Callable[[str], Any], str]] = {
    "page": (_number, "要是 1 以上的整數。"),
    "per_page": (_size, f"要是 1 到 {LARGEST_SIZE} 的整數。"),
    "full": (_flag, "只能是 true 或 false。"),
    "organization_id": (_id, "要是 UUID。"),
    "taxonomy_term_id": (_id, "要是 UUID。"),
}


def _asked(*filters: str) -> Mapping[str, Any]:
    """Return the request's parameters, read. Raises Refused naming each that cannot be used here."""
    known = {"page", "per_page", "full", *filters}
    asked: dict[str, Any] = {"page": 1, "per_page": USUAL_SIZE, "full": False}
    problems = {name: "這裡不支援這個參數。" for name in request.args if name not in known}
    for name in known & set(request.args):
        read, reason = PARAMETERS[name]
        try:
            asked[name] = read(request.args[name])
        except (ValueError, KeyError):
            problems[name] = reason
    if problems:
        raise Refused(problems)
    return asked


def _fits(record: Json, asked: Mapping[str, Any]) -> bool:
    owner, term = asked.get("organization_id"), asked.get("taxonomy_term_id")
    terms = {attribute["taxonomy_term_id"] for attribute in record["attributes"]}
    return owner in (None, record.get("organization_id")) and (term is None or term in terms)


def _page(records: Iterable[Json], asked: Mapping[str, Any]) -> ResponseReturnValue:
    """Answer one page of the records that fit. Source: HSDS API, schema `Page`."""
    found = [record for record in records if _fits(record, asked)]
    page, size = asked["page"], asked["per_page"]
    pages = -(-len(found) // size)
    shown = found[(page - 1) * size : page * size]
    return _kept(
        {
            "total_items": len(found),
            "total_pages": pages,
            "page_number": page,
            "size": len(shown),
            "first_page": page == 1,
            "last_page": page >= pages,
            "empty": not shown,
            "contents": shown if asked["full"] else [hsds.row(record) for record in shown],
        }
    )


def _single(record: Json | None, missing: str) -> ResponseReturnValue:
    return refusal(404, missing) if record is None else _kept(record)


def _kept(document: Mapping[str, Any]) -> ResponseReturnValue:
    """Answer with a tag of the content: whoever still holds it gets 304, and asks again every time."""
    answer = jsonify(document)
    answer.headers["Cache-Control"] = "public, no-cache"
    answer.add_etag()
    return answer.make_conditional(request)
