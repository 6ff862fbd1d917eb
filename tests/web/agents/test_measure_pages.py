"""The catalogue as an agent reads it: all measures on a day, one in full with the origin of every fact."""

import html
import re
from collections.abc import Callable

import pytest
from flask import Flask

from helpdesk import clock
from helpdesk.policy.permissions import Permission, Role
from helpdesk.policy.time_in_words import parse_date, roc_datetime
from helpdesk.runtime import Runtime
from helpdesk.web.labels import label
from knowledge_base.lookup import edition_at, window_state
from knowledge_base.records.measures import TAIPEI
from knowledge_base.records.vocabulary import MeasureKind, Theme, WindowState
from knowledge_base.requirements import requirements
from tests.checked_client import CheckedClient
from tests.web.admin.previews import carried

ALL = "/desk/measures"
BETWEEN_TWO_DEADLINES = "112/12/1"
ROW = re.compile(r"<tr data-row>.*?</tr>", re.S)
NAME = re.compile(r'href="/desk/measures/(\w+)"')


@pytest.fixture
def agent(client_as: Callable[..., CheckedClient]) -> CheckedClient:
    return client_as(Role.AGENT)


def page(client: CheckedClient, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status, path
    return html.unescape(answer.get_data(as_text=True))


def rows(text: str) -> dict[str, str]:
    """Return the rows of the table by the id of their measure, in their order."""
    return {NAME.findall(row)[0]: row for row in ROW.findall(text)}


def targets(text: str) -> set[str]:
    """Return where the links of a page lead within the desk, in it or elsewhere."""
    return {*re.findall(r'<a [^>]*href="([/#][^"]*)"', text[text.index("<main") :])}


@pytest.mark.parametrize("role", Role)
def test_whoever_works_at_the_desk_reads_the_catalogue_and_nobody_else(
    app: Flask, client_as: Callable[..., CheckedClient], role: Role
) -> None:
    client = client_as(role, "pmc" if role is Role.PARTNER else None)
    guarded = [
        rule.rule.replace("<measure_id>", "idb_diagnosis").replace("<slug>", "pmc")
        for rule in app.url_map.iter_rules()
        if getattr(app.view_functions[rule.endpoint], "access_rule", None) is Permission.KNOWLEDGE_READ
        and rule.methods and "GET" in rule.methods
    ]  # fmt: skip
    assert len(guarded) >= 8
    expected = {403} if role is Role.PARTNER else {200, 404}
    assert {client.get(path).status_code for path in guarded} <= expected


@pytest.mark.parametrize("written", [BETWEEN_TWO_DEADLINES, "112年12月1日", "2023-12-01"])
def test_every_measure_is_listed_with_its_state_on_the_day_asked_for(
    agent: CheckedClient, runtime: Runtime, written: str
) -> None:
    found, day = rows(page(agent, f"{ALL}?on={written}")), parse_date(BETWEEN_TWO_DEADLINES)
    assert set(found) == set(runtime.knowledge.measures)
    for name, row in found.items():
        state = window_state(edition_at(runtime.knowledge.measures[name], day), day)
        assert f"</svg>{label(state)}</span>" in row, name


def test_without_a_day_it_is_today_and_what_is_open_comes_first(
    agent: CheckedClient, runtime: Runtime
) -> None:
    today = clock.now().astimezone(TAIPEI).date()
    measures = runtime.knowledge.measures
    states = [
        window_state(edition_at(measures[name], today), today) is WindowState.OPEN
        for name in rows(page(agent, ALL))
    ]
    assert states == sorted(states, reverse=True)
    assert any(states)


@pytest.mark.parametrize(("written", "words"), [("昨天", "看不懂日期"), ("112/2/30", "沒有這一天")])
def test_a_day_that_cannot_be_read_is_told_at_the_field_and_the_page_stays(
    agent: CheckedClient, runtime: Runtime, written: str, words: str
) -> None:
    text = page(agent, f"{ALL}?on={written}", 422)
    assert "<title>錯誤：" in text
    assert re.search(rf'id="on-error">.*?{words}', text, re.S)
    assert f'value="{written}"' in text
    assert set(rows(text)) == set(runtime.knowledge.measures)


@pytest.mark.parametrize("kind", MeasureKind)
def test_a_kind_leaves_only_its_measures(agent: CheckedClient, runtime: Runtime, kind: MeasureKind) -> None:
    expected = {name for name, each in runtime.knowledge.measures.items() if each.kind is kind}
    assert set(rows(page(agent, f"{ALL}?kind={kind}"))) == expected


@pytest.mark.parametrize("state", WindowState)
def test_a_state_leaves_only_the_measures_in_it(agent: CheckedClient, state: WindowState) -> None:
    everything = rows(page(agent, f"{ALL}?on={BETWEEN_TWO_DEADLINES}"))
    expected = {name for name, row in everything.items() if f"</svg>{label(state)}</span>" in row}
    text = page(agent, f"{ALL}?on={BETWEEN_TWO_DEADLINES}&state={state}")
    assert set(rows(text)) == expected
    assert expected or "沒有這樣的措施" in text


@pytest.mark.parametrize("theme", Theme)
def test_a_theme_keeps_its_measures_and_those_for_every_theme(
    agent: CheckedClient, runtime: Runtime, theme: Theme
) -> None:
    for name in rows(page(agent, f"{ALL}?theme={theme}")):
        themes = {each.theme for each in runtime.knowledge.measures[name].themes if each.theme}
        assert not themes or theme in themes


def test_every_measure_shows_all_its_editions_conditions_and_rules(
    agent: CheckedClient, runtime: Runtime
) -> None:
    knowledge = runtime.knowledge
    for measure in knowledge.measures.values():
        text = page(agent, f"{ALL}/{measure.id}")
        assert re.search(rf"<h1>\s*{re.escape(measure.name)}\s*</h1>", text)
        assert measure.host.then in text
        assert measure.host.now in text
        for phone in measure.hotlines:
            extension = f",{phone.extensions[0]}" if phone.extensions else ""
            assert f'href="tel:{phone.number.replace("-", "")}{extension}"' in text
        for edition in measure.editions:
            section = text[text.index(f'id="edition-{edition.key}"') :]
            assert roc_datetime(edition.window.closes_at) in section
            wanted = (each.text for each in requirements(knowledge, edition))
            said = [*wanted, *(rule.text for rule in edition.rules)]
            assert not [words for words in said if words not in section], measure.id


def test_an_unknown_measure_is_not_found(agent: CheckedClient) -> None:
    page(agent, f"{ALL}/nothing", 404)


def test_every_link_of_a_measure_leads_somewhere(agent: CheckedClient, runtime: Runtime) -> None:
    paths = [f"{ALL}/{name}" for name in runtime.knowledge.measures]
    pages = {path: page(agent, path) for path in paths}
    for path in paths:
        for target in targets(pages[path]):
            there, _, anchor = target.partition("#")
            text = pages[there or path] = pages.get(there or path) or page(agent, there)
            assert not anchor or f'id="{anchor}"' in text, f"{path}: {target}"


def test_an_edition_shows_what_its_budget_is_held_against_and_how_it_is_paid(
    agent: CheckedClient, runtime: Runtime
) -> None:
    for measure in runtime.knowledge.measures.values():
        for edition in filter(lambda each: each.budget, measure.editions):
            rules = runtime.knowledge.budget_rules[edition.budget or ""]
            section = page(agent, f"{ALL}/{measure.id}").split(f'id="edition-{edition.key}"')[1]
            stated = (*rules.shares, *rules.caps, *rules.payment_options)
            assert not [rule.text for rule in stated if rule.text not in section], measure.id
            for part in (part for option in rules.payment_options for part in option.instalments):
                assert f"{part.label} {part.percent}%" in section


def test_what_nobody_confirmed_is_marked_beside_its_source(agent: CheckedClient, runtime: Runtime) -> None:
    edition = next(
        each for each in runtime.knowledge.measures["idb10_mfg_case"].editions if each.key == "114"
    )
    origin = edition.origin_of("window")
    assert not origin.checked
    section = page(agent, f"{ALL}/idb10_mfg_case").split('id="edition-114"')[1]
    assert re.search(
        rf"假設</span>\s*<a href=\"#source-{origin.source}\"[^>]*>\[\d+\]</a> {origin.note}", section
    )


def test_a_measure_names_each_source_once_with_title_address_and_day_of_reading(
    agent: CheckedClient, runtime: Runtime
) -> None:
    text = page(agent, f"{ALL}/idb10_mfg_case")
    source = runtime.knowledge.sources["assist_114"]
    entry = text.split('<li id="source-assist_114">')[1].split("</li>")[0]
    assert f'<a href="{source.url}" target="_blank" rel="noopener' in entry
    assert source.title in entry
    assert "115/11/23 (一)" in entry


def test_funds_that_ran_out_are_shown_with_their_day(
    agent: CheckedClient, client_as: Callable[..., CheckedClient]
) -> None:
    typed = {
        "window": "tariff_orders/114-115", "kind": "funds_exhausted", "on": "115/11/23", "at": "17:00",
        "reason": "網站公告",
    }  # fmt: skip
    supervisor = client_as(Role.SUPERVISOR)
    seen = supervisor.post("/admin/window-closings/preview", data=typed).get_data(as_text=True)
    supervisor.post("/admin/window-closings", data=carried(seen))
    assert "經費用罄" in rows(page(agent, ALL))["tariff_orders"]
    assert "115/11/23 (一) 17:00" in page(agent, f"{ALL}/tariff_orders")
