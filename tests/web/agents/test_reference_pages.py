"""What the desk reads out beside the rules: answers, success cases, courses, briefings, organisations."""

import html
import re
import unicodedata
from collections.abc import Callable
from datetime import UTC, datetime
from urllib.parse import quote

import pytest
import time_machine

from helpdesk.policy.permissions import Role
from helpdesk.policy.time_in_words import roc_date
from helpdesk.runtime import Runtime
from knowledge_base.records.references import FaqTopic
from knowledge_base.records.vocabulary import OrganisationKind
from tests.checked_client import CheckedClient

LISTS = {
    "/desk/faq": "faq",
    "/desk/success-cases": "success_cases",
    "/desk/courses": "courses",
    "/desk/briefings": "briefings",
}
BETWEEN_BRIEFINGS = datetime(2025, 12, 1, 2, 0, tzinfo=UTC)


@pytest.fixture
def agent(client_as: Callable[..., CheckedClient]) -> CheckedClient:
    return client_as(Role.AGENT)


def page(client: CheckedClient, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status, path
    return html.unescape(answer.get_data(as_text=True))


@pytest.mark.parametrize(("path", "section"), LISTS.items())
def test_every_record_stands_on_its_page_under_its_id_with_its_sources(
    agent: CheckedClient, runtime: Runtime, path: str, section: str
) -> None:
    text = page(agent, path)
    for record in getattr(runtime.knowledge, section).values():
        assert f'id="{record.id}"' in text
        assert runtime.knowledge.sources[record.origin.source].title in text
    cited = {*re.findall(r'href="#(source-\w+)"', text)}
    assert cited
    assert cited == {*re.findall(r'id="(source-\w+)"', text)}


def test_every_answer_says_on_which_day_it_was_true(agent: CheckedClient, runtime: Runtime) -> None:
    text = page(agent, "/desk/faq")
    for question in runtime.knowledge.faq.values():
        entry = text.split(f'id="{question.id}"')[1]
        assert question.answer in entry
        assert roc_date(question.as_of) in entry


@pytest.mark.parametrize("topic", FaqTopic)
def test_a_topic_leaves_only_its_questions(agent: CheckedClient, runtime: Runtime, topic: FaqTopic) -> None:
    text = page(agent, f"/desk/faq?topic={topic}")
    shown = {each.id for each in runtime.knowledge.faq.values() if f'id="{each.id}"' in text}
    assert shown == {each.id for each in runtime.knowledge.faq.values() if each.topic is topic}


@pytest.mark.parametrize(("typed", "found"), [("補助 自籌款", True), ("ＣＥＯ班", True), ("天氣預報", False)])
def test_words_leave_only_the_questions_that_hold_all_of_them(
    agent: CheckedClient, runtime: Runtime, typed: str, found: bool
) -> None:
    text = page(agent, f"/desk/faq?words={quote(typed)}")
    shown = [each for each in runtime.knowledge.faq.values() if f'id="{each.id}"' in text]
    assert bool(shown) is found
    assert found is not ("沒有這樣的問答" in text)
    for question in shown:
        told = question.question + question.answer
        assert all(word in told for word in unicodedata.normalize("NFKC", typed).split())


def test_a_topic_that_there_is_not_is_not_found(agent: CheckedClient) -> None:
    page(agent, "/desk/faq?topic=weather", 404)


def test_coming_briefings_stand_before_past_ones(client_as: Callable[..., CheckedClient]) -> None:
    with time_machine.travel(BETWEEN_BRIEFINGS):
        text = page(client_as(Role.AGENT), "/desk/briefings")
    coming, past = text.index('id="factory_rd_press_conference"'), text.index('id="counselling_team_launch"')
    assert coming < past


def test_every_organisation_is_listed_and_has_its_page_with_telephones_that_dial_the_extension(
    agent: CheckedClient, runtime: Runtime
) -> None:
    listed = page(agent, "/desk/organisations")
    for organisation in runtime.knowledge.organisations.values():
        assert f'href="/desk/organisations/{organisation.slug}"' in listed
        text = page(agent, f"/desk/organisations/{organisation.slug}")
        assert organisation.name in text
        for phone in organisation.phones:
            for extension in phone.extensions or ("",):
                dialled = phone.number.replace("-", "") + (f",{extension}" if extension else "")
                assert f'href="tel:{dialled}"' in text
        for measure in organisation.measures:
            assert f'href="/desk/measures/{measure}"' in text


@pytest.mark.parametrize("kind", OrganisationKind)
def test_a_kind_leaves_only_its_organisations(
    agent: CheckedClient, runtime: Runtime, kind: OrganisationKind
) -> None:
    shown = {
        *re.findall(r'href="/desk/organisations/(\w+)"', page(agent, f"/desk/organisations?kind={kind}"))
    }
    assert shown == {each.slug for each in runtime.knowledge.organisations.values() if each.kind is kind}


def test_an_unknown_organisation_is_not_found(agent: CheckedClient) -> None:
    page(agent, "/desk/organisations/nobody", 404)
