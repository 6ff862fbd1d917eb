"""The public directory as other systems fetch it."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
import time_machine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from helpdesk.runtime import Runtime
from tests.checked_client import CheckedClient
from tests.hsds_schemas import Reading, faults

ROOMS = {"services": "service", "organizations": "organization"}
NOBODY = UUID(int=0)


def contents(client: CheckedClient, room: str, **asked: object) -> list[dict[str, Any]]:
    answer = client.get(f"/api/v1/hsds/{room}", query_string={"per_page": 100, **asked})
    assert answer.status_code == 200
    found: list[dict[str, Any]] = answer.get_json()["contents"]
    return found


def test_the_directory_says_which_version_it_is(client: CheckedClient) -> None:
    assert client.get("/api/v1/hsds/").get_json()["version"] == "3.0"


@pytest.mark.parametrize("room", ROOMS)
def test_lists_show_rows_and_whole_records_that_the_official_schemas_accept(
    client: CheckedClient, room: str
) -> None:
    for record in contents(client, room):
        assert faults(f"{ROOMS[room]}_list", record, Reading.STRICT) == []
    for record in contents(client, room, full="true"):
        assert faults(ROOMS[room], record, Reading.STRICT) == []
        assert client.get(f"/api/v1/hsds/{room}/{record['id']}").get_json() == record


def test_the_whole_knowledge_is_in_it(client: CheckedClient, runtime: Runtime) -> None:
    names = {record["name"] for record in contents(client, "services")}
    assert {measure.name for measure in runtime.knowledge.measures.values()} <= names
    listed = {record["name"] for record in contents(client, "organizations")}
    assert {organisation.name for organisation in runtime.knowledge.organisations.values()} <= listed


@pytest.mark.parametrize("room", ROOMS)
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(size=st.integers(1, 100))
def test_the_pages_hold_everything_once_and_in_order(client: CheckedClient, room: str, size: int) -> None:
    seen, page = [], 1
    while True:
        answer = client.get(f"/api/v1/hsds/{room}?page={page}&per_page={size}").get_json()
        seen += [record["id"] for record in answer["contents"]]
        assert (answer["page_number"], answer["size"]) == (page, len(answer["contents"]))
        assert (answer["first_page"], answer["empty"]) == (page == 1, False)
        if answer["last_page"]:
            break
        assert answer["size"] == size
        page += 1
    assert page == answer["total_pages"]
    assert len(seen) == answer["total_items"]
    assert seen == [record["id"] for record in contents(client, room)]


def test_a_page_after_the_last_is_empty(client: CheckedClient) -> None:
    answer = client.get("/api/v1/hsds/services?page=999999999").get_json()
    assert (answer["empty"], answer["contents"], answer["last_page"]) == (True, [], True)
    assert answer["total_items"] > 0


def test_services_are_found_by_their_organisation(client: CheckedClient) -> None:
    for organisation in contents(client, "organizations", full="true"):
        found = contents(client, "services", organization_id=organisation["id"])
        assert [s["id"] for s in found] == [s["id"] for s in organisation["services"]]
    answer = client.get(f"/api/v1/hsds/services?organization_id={NOBODY}").get_json()
    assert (answer["total_items"], answer["total_pages"], answer["empty"]) == (0, 0, True)
    assert (answer["first_page"], answer["last_page"]) == (True, True)


@pytest.mark.parametrize("room", ROOMS)
def test_records_are_found_by_a_term_that_marks_them(client: CheckedClient, room: str) -> None:
    whole = contents(client, room, full="true")
    terms = {a["taxonomy_term_id"] for record in whole for a in record["attributes"]}
    assert len(terms) > 3
    for term in sorted(terms)[:5]:
        marked = [r["id"] for r in whole if term in {a["taxonomy_term_id"] for a in r["attributes"]}]
        assert [r["id"] for r in contents(client, room, taxonomy_term_id=term)] == marked


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("page=0", "page"),
        ("page=-1", "page"),
        ("page=x", "page"),
        ("page=", "page"),
        ("page=1.5", "page"),
        ("page=%D9%A1", "page"),
        ("page=" + "9" * 5000, "page"),
        ("page=%00", "page"),
        ("per_page=0", "per_page"),
        ("per_page=101", "per_page"),
        ("full=yes", "full"),
        ("taxonomy_term_id=subsidy", "taxonomy_term_id"),
        ("search=x", "search"),
        ("modified_after=2026-01-01", "modified_after"),
        ("colour=red&page=0", "colour"),
    ],
)
@pytest.mark.parametrize("room", ROOMS)
def test_a_parameter_that_cannot_be_kept_is_named_and_not_echoed(
    client: CheckedClient, room: str, query: str, field: str
) -> None:
    answer = client.get(f"/api/v1/hsds/{room}?{query}")
    assert answer.status_code == 422
    assert field in answer.get_json()["error"]["fields"]
    assert "9" * 50 not in answer.get_data(as_text=True)


def test_organisations_have_no_owner_to_be_found_by(client: CheckedClient) -> None:
    answer = client.get(f"/api/v1/hsds/organizations?organization_id={NOBODY}")
    assert list(answer.get_json()["error"]["fields"]) == ["organization_id"]
    assert client.get("/api/v1/hsds/services?organization_id=idb").status_code == 422


@pytest.mark.parametrize("room", ROOMS)
@pytest.mark.parametrize("identity", [str(NOBODY), "idb10_mfg_case", "1"])
def test_an_unknown_id_is_not_found_in_json(client: CheckedClient, room: str, identity: str) -> None:
    answer = client.get(f"/api/v1/hsds/{room}/{identity}")
    assert (answer.status_code, answer.mimetype) == (404, "application/json")
    assert answer.get_json()["error"]["detail"]


@pytest.mark.parametrize(
    "path", ["", "services", "services?page=2&per_page=5", "organizations", "services?full=true"]
)
def test_what_did_not_change_is_not_sent_again(client: CheckedClient, path: str) -> None:
    first = client.get(f"/api/v1/hsds/{path}")
    tag = first.headers["ETag"]
    again = client.get(f"/api/v1/hsds/{path}", headers={"If-None-Match": tag})
    assert (again.status_code, again.get_data(), again.headers["ETag"]) == (304, b"", tag)
    assert client.get(f"/api/v1/hsds/{path}", headers={"If-None-Match": '"x"'}).status_code == 200
    assert first.headers["Cache-Control"] == "public, no-cache"


def test_a_window_that_closes_is_seen_at_once_and_changes_the_tag(
    client: CheckedClient, runtime: Runtime
) -> None:
    name = runtime.knowledge.measures["market_optimise"].name
    answers = []
    for minute in (0, 1):  # it closes on 112/6/9 at 17:00 in Taipei
        with time_machine.travel(datetime(2023, 6, 9, 9, minute, tzinfo=UTC), tick=False):
            answers.append(client.get("/api/v1/hsds/services?per_page=100"))
    states = [
        next(r["status"] for r in answer.get_json()["contents"] if r["name"] == name) for answer in answers
    ]
    assert states == ["active", "inactive"]
    assert answers[0].headers["ETag"] != answers[1].headers["ETag"]
