"""What the catalogue's pages promise beyond showing every record: order, days, sources, ways on."""

import html
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine

from helpdesk.policy.permissions import Role
from helpdesk.runtime import Runtime
from helpdesk.web.agents.catalogue import IN_ORDER, rows_on
from helpdesk.web.agents.citations import cited
from helpdesk.web.agents.measure_page import edition_part
from knowledge_base.knowledge import Knowledge
from knowledge_base.lookup import closes_at
from knowledge_base.records.conditions import Leaf, Use, nodes
from knowledge_base.records.vocabulary import WindowState
from knowledge_base.requirements import unspoken
from tests.checked_client import CheckedClient

NAMES = re.compile(r'<tr data-row>\s*<td[^>]*><a href="/desk/measures/(\w+)"')


@pytest.fixture
def desk(client_as: Callable[..., CheckedClient]) -> CheckedClient:
    return client_as(Role.AGENT)


@pytest.fixture(scope="session")
def knowledge(runtime: Runtime) -> Knowledge:
    return runtime.knowledge


def text_of(client: CheckedClient, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status, path
    return html.unescape(answer.get_data(as_text=True))


@pytest.mark.parametrize(
    ("on", "state"),
    [("112/11/30", "受理中"), ("2023-11-30", "受理中"), ("112/12/1", "已截止"), ("1120416", "尚未開放")],
)
def test_the_state_of_a_window_is_that_of_the_day_asked(desk: CheckedClient, on: str, state: str) -> None:
    page = text_of(desk, f"/desk/measures?on={on}")
    row = page[page.index('href="/desk/measures/idb10_mfg_case"') :]
    assert state in row[: row.index("</tr>")]


@pytest.mark.parametrize(("before", "day"), [(1, "115/11/24 (二)"), (0, "115/11/25 (三)")])
def test_without_a_day_it_is_today_in_taipei(
    client_as: Callable[..., CheckedClient], before: int, day: str
) -> None:
    midnight = datetime(2026, 11, 24, 16, 0, tzinfo=UTC)
    with time_machine.travel(midnight - timedelta(seconds=before), tick=False):
        assert day in text_of(client_as(Role.AGENT), "/desk/measures")


def test_each_requirement_names_the_sources_of_all_that_it_consists_of(knowledge: Knowledge) -> None:
    for measure in knowledge.measures.values():
        for edition in measure.editions:
            if edition.conditions is None:
                continue
            part = edition_part(edition, knowledge, date(2026, 11, 24))
            named = {origin for each in part.requirements for origin in each.origins}
            leaves = [node for node in nodes(edition.conditions) if isinstance(node, Leaf | Use)]
            spoken = [leaf for leaf in leaves if not unspoken(leaf)]
            assert named == {leaf.origin for leaf in spoken}


def test_what_nobody_confirmed_is_marked_where_it_stands(desk: CheckedClient) -> None:
    page = text_of(desk, "/desk/measures/sme9_mfg_case")
    for words, assumed in (("經常僱用員工 9 人以下", False), ("依法辦理工廠登記", True)):
        line = page[page.index(f"<li>{words}") :]
        assert ("假設" in line[: line.index("</li>")]) is assumed


def test_a_measure_says_whom_to_call_where_to_apply_and_what_followed(desk: CheckedClient) -> None:
    page = text_of(desk, "/desk/measures/idb10_mfg_case")
    assert '<a href="tel:0227090638,211">02-2709-0638#211</a>' in page
    assert 'href="tel:0227090638,212"' in page
    assert re.search(r'href="https://www\.citd\.moeaidb\.gov\.tw/" target="_blank" rel="noopener', page)
    for path in ("measures/tariff_rd_single", "measures/sme9_mfg_case", "organisations/plan_idb10"):
        assert f'href="/desk/{path}"' in page
    assert "產業發展署（公告當時：工業局）" in page
    assert "114/03/20 (四) 18:00" in page
    assert 'href="/desk/measures/idb10_mfg_case"' in text_of(desk, "/desk/measures/tariff_rd_single")


def test_courses_stand_under_their_ids_with_days_and_what_must_come_before(
    desk: CheckedClient, knowledge: Knowledge
) -> None:
    page = text_of(desk, "/desk/courses")
    for course in knowledge.courses.values():
        assert f'id="{course.id}"' in page
    assert "3 天（週五、六、日）" in page
    assert "須先完成種子班" in page


def test_sources_are_numbered_in_the_order_of_the_data(knowledge: Knowledge) -> None:
    numbers = cited(knowledge.measures.values(), knowledge)
    assert list(numbers.values()) == list(range(1, len(numbers) + 1))
    assert list(numbers) == [slug for slug in knowledge.sources if slug in numbers]


@pytest.mark.parametrize("role", [Role.AGENT, Role.SUPERVISOR, Role.ADMINISTRATOR])
def test_the_bar_leads_to_the_knowledge_and_marks_it_on_each_of_its_pages(
    client_as: Callable[..., CheckedClient], role: Role
) -> None:
    client = client_as(role)
    for path, mark in (("/desk/look-up", "page"), ("/desk/measures", "true"), ("/desk/courses", "true")):
        assert f'href="/desk/look-up" aria-current="{mark}" data-key="q"' in text_of(client, path)


@pytest.mark.parametrize("day", [date(2023, 6, 1), date(2024, 6, 1), date(2026, 3, 1)])
def test_open_measures_come_first_by_deadline_then_coming_ones_then_the_latest_closed(
    knowledge: Knowledge, day: date
) -> None:
    rows = rows_on(knowledge.measures.values(), day)
    places = [IN_ORDER.index(row.state) for row in rows]
    assert places == sorted(places)
    for state, latest_first in ((WindowState.OPEN, False), (WindowState.CLOSED_BY_DATE, True)):
        ends = [closes_at(row.edition) for row in rows if row.state is state]
        assert ends == sorted(ends, reverse=latest_first)


def test_organisations_of_a_sector_are_those_of_it_of_its_group_and_of_every_sector(
    desk: CheckedClient,
) -> None:
    page = text_of(desk, "/desk/organisations?kind=counselling_team&sector=塑橡膠")
    for slug, suits in (("pidc", True), ("itri", True), ("csd", True), ("firdi", False)):
        assert (f'href="/desk/organisations/{slug}"' in page) is suits, slug


def test_an_organisation_names_the_others_of_its_legal_person(
    desk: CheckedClient, knowledge: Knowledge
) -> None:
    page = text_of(desk, "/desk/organisations/mirdc")
    assert 'href="/desk/organisations/mirdc_verification"' in page
    assert "公正性迴避" in page
