"""The panel of measures beside a call and on a case: it follows every answer, and what is learnt is kept."""

import re
from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk import clock
from helpdesk.models.case import Case
from helpdesk.policy.permissions import Role
from helpdesk.policy.submission import EnterpriseFacts
from helpdesk.runtime import Runtime
from helpdesk.services.stated_facts import KEPT
from knowledge_base.records.vocabulary import Category, OrganisationKind, Theme
from tests import builders
from tests.checked_client import CheckedClient

ELECTROPLATER = {"county": "彰化縣", "sector": "金屬製品", "regular_employees": "9"}
CALL = {
    "key": "k1", "phone": "0900-000-456", "name": "範例電鍍廠", "text": "小型電鍍廠想問有什麼補助",
    "category": "measures", **ELECTROPLATER,
}  # fmt: skip


@pytest.fixture
def desk(client_as: Callable[..., CheckedClient]) -> CheckedClient:
    return client_as(Role.AGENT)


def text_of(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def panel(desk: CheckedClient, **said: str) -> str:
    answer = desk.post("/desk/match", data={**ELECTROPLATER, **said})
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def test_a_nine_person_electroplater_sees_today_what_is_left_to_ask_and_the_year_112(
    desk: CheckedClient,
) -> None:
    page = panel(desk, year="112")
    assert "美國關稅" in page
    today, past = text_of(page).rsplit(" 112 年 ", 1)
    assert "因應美國關稅研發轉型補助－個案" in today
    assert "還缺：受美國關稅影響" in today
    assert "接續措施：因應美國關稅研發轉型補助－個案" in today
    assert "診斷輔導" in past
    assert "不符合「經常僱用員工 10 人以上" in past
    assert "可另考慮：中小型製造業低碳及智慧化(9人以下)升級轉型個案補助" in past


def test_an_answer_moves_measures_and_is_shown_among_what_is_known(desk: CheckedClient) -> None:
    before, after = panel(desk), panel(desk, **{"fact-tariff_affected": "yes"})
    assert "已知 1 項：受美國關稅影響 是" in text_of(after)
    assert 'name="fact-tariff_affected"' in before
    assert "初步符合 2 項" in text_of(after)
    assert not re.search("初步符合 [0-9]+ 項", text_of(before))


def test_who_does_not_know_is_not_asked_again(desk: CheckedClient) -> None:
    page = panel(desk, **{"fact-tariff_affected": "unknown"})
    asked = page.split('id="match-other"')[0]
    assert "fact-tariff_affected" not in asked
    assert "受美國關稅影響 不知道" in text_of(page)


@pytest.mark.parametrize("said", [{}, {"fact-tariff_affected": "yes", "year": "112"}])
def test_every_fact_of_a_case_has_one_place_in_the_panel_asked_or_not(
    desk: CheckedClient, said: dict[str, str]
) -> None:
    names = re.findall(r'<(?:input|select)[^>]* name="fact-(\w+)"', panel(desk, **said))
    assert {*names} == {*KEPT}
    other = re.findall(r'name="fact-(\w+)"', panel(desk, **said).split('id="match-other"')[1])
    assert len(other) == len({*other})
    assert {"disaster_damaged", "prc_capital"} <= {*other}


@pytest.mark.parametrize("typed", ["九", "大概10", "-1"])
def test_employees_that_cannot_be_read_are_told_at_the_top_of_the_panel(
    desk: CheckedClient, typed: str
) -> None:
    page = text_of(panel(desk, regular_employees=typed))
    assert page.strip().startswith(f"錯誤： 「員工人數」填的「{typed}」讀不出來")


@pytest.mark.parametrize(
    ("answered", "part", "focused"),
    [
        ("fact-tariff_affected", "", 'id="fact-registration"'),
        ("fact-tariff_affected", "match-rest", 'id="fact-factory_registration"'),
        ("fact-tariff_affected", "match-other", None),
        ("year", "", None),
    ],
)
def test_after_an_answer_the_next_question_of_its_part_has_the_focus(
    desk: CheckedClient, answered: str, part: str, focused: str | None
) -> None:
    page = panel(desk, year="112", answered=answered, answered_in=part, **{"fact-tariff_affected": "unknown"})
    found = re.findall(r"<[^>]* autofocus[^>]*>", page)
    assert [focused in tag for tag in found] == [True] if focused else not found


def test_without_scripts_a_call_is_shown_again_with_all_that_was_typed(
    desk: CheckedClient, database: Session
) -> None:
    page = desk.post(
        "/desk/new/match", data={**CALL, "year": "112", "answer": "您好", "fact-prc_capital": "no"}
    )
    shown = page.get_data(as_text=True)
    assert page.status_code == 200
    assert 'formaction="/desk/new/match#match"' in shown
    assert 'formaction="/desk/new/match' in shown.split("儲存案件")[0]
    for words in ("範例電鍍廠", "小型電鍍廠想問有什麼補助", "您好", "陸資 否", "112 年</h3>"):
        assert words in shown
    assert database.scalars(select(Case)).first() is None


@pytest.mark.parametrize(
    ("field", "typed"),
    [("fact-paid_in_capital", "很多"), ("fact-partner_count", "-3"), ("fact-registration", "guild")],
)
def test_what_cannot_be_read_is_told_and_a_call_is_not_saved_with_it(
    desk: CheckedClient, database: Session, field: str, typed: str
) -> None:
    assert panel(desk, **{field: typed})
    refused = desk.post("/desk/new", data={**CALL, field: typed})
    assert refused.status_code == 422
    assert f'href="#{field}"' in refused.get_data(as_text=True)
    assert database.scalars(select(Case)).first() is None


def test_a_call_keeps_what_was_learnt_and_the_case_goes_on_from_it(
    desk: CheckedClient, database: Session
) -> None:
    answers = {"fact-tariff_affected": "yes", "fact-paid_in_capital": "500萬", "fact-prc_capital": "unknown"}
    saved = desk.post("/desk/new", data={**CALL, **answers})
    case = database.scalars(select(Case)).one()
    assert case.facts == {"tariff_affected": True, "paid_in_capital": 5_000_000, "prc_capital": "unknown"}
    page = desk.get(saved.location).get_data(as_text=True)
    assert "初步符合 2 項" in text_of(page)
    assert "實收資本額 5,000,000 元" in text_of(page)


def test_the_answer_about_a_measure_is_text_with_figures_and_date(desk: CheckedClient) -> None:
    said = {**ELECTROPLATER, "fact-tariff_affected": "yes", "year": "112"}
    now = desk.post("/desk/answer-text?measure=tariff_rd_single", data=said)
    assert now.mimetype == "text/plain"
    assert "每案上限 500 萬元" in now.get_data(as_text=True)
    assert "初步符合" in now.get_data(as_text=True)
    then = desk.post("/desk/answer-text?measure=idb10_mfg_case&past=1", data=said).get_data(as_text=True)
    assert "112 年度版" in then
    assert "不符合「經常僱用員工 10 人以上" in then
    assert desk.post("/desk/answer-text?measure=nothing", data=said).status_code == 404


def test_without_scripts_the_answer_is_put_below_what_was_written(desk: CheckedClient) -> None:
    page = desk.post("/desk/new/answer-text", data={**CALL, "answer": "您好，", "insert": "sbir"})
    shown = page.get_data(as_text=True)
    assert page.status_code == 200
    assert "您好，\n\n關於「SBIR 小型企業創新研發計畫」" in shown
    assert "範例電鍍廠" in shown


@pytest.fixture
def case(database: Session, runtime: Runtime) -> Case:
    made = builders.case(
        database, runtime, now=clock.now(), theme=Theme.SMART, consent=frozenset(OrganisationKind),
        enterprise=EnterpriseFacts(None, "範例電鍍廠", "彰化縣", "金屬製品", 9),
    )  # fmt: skip
    database.commit()
    return made


def typed(case: Case, **more: str) -> dict[str, str]:
    return {
        "version": str(case.event_count),
        "case": case.number,
        "case_measure": "",
        **ELECTROPLATER,
        **more,
    }


def test_a_case_is_shown_again_for_what_was_typed_and_nothing_is_kept(
    desk: CheckedClient, database: Session, case: Case
) -> None:
    sent = typed(case, year="112", **{"fact-disaster_damaged": "yes"})
    page = desk.post(f"/desk/cases/{case.number}/match", data=sent)
    assert page.status_code == 200
    assert "災損 是" in text_of(page.get_data(as_text=True))
    assert "112 年</h3>" in page.get_data(as_text=True)
    database.refresh(case)
    assert case.facts == {}


def test_what_a_known_caller_said_of_itself_is_not_asked_again(
    desk: CheckedClient, database: Session, case: Case
) -> None:
    said = {
        "tariff_affected": True,
        "paid_in_capital": 5_000_000,
        "prc_capital": "unknown",
        "partner_count": 3,
    }
    case.facts = {**said}
    database.commit()
    page = text_of(desk.get(f"/desk/new?known={case.number}").get_data(as_text=True))
    assert "已知 2 項：實收資本額 5,000,000 元、受美國關稅影響 是" in page


def test_answers_are_kept_with_a_case_and_its_history_names_them(
    desk: CheckedClient, database: Session, case: Case
) -> None:
    desk.post(f"/desk/cases/{case.number}/facts", data=typed(case, **{"fact-tariff_affected": "no"}))
    database.refresh(case)
    assert case.facts == {"tariff_affected": False}
    page = text_of(desk.get(f"/desk/cases/{case.number}").get_data(as_text=True))
    assert "已記下：受美國關稅影響。" in page
    assert "記下資格資料" in page


def test_a_refused_answer_is_shown_again_with_all_others(
    desk: CheckedClient, database: Session, case: Case
) -> None:
    sent = typed(case, **{"fact-tariff_affected": "yes", "fact-paid_in_capital": "很多"})
    refused = desk.post(f"/desk/cases/{case.number}/facts", data=sent)
    page = refused.get_data(as_text=True)
    assert refused.status_code == 422
    assert 'href="#fact-paid_in_capital"' in page
    assert 'value="很多"' in page
    assert "受美國關稅影響 是" in text_of(page)
    database.refresh(case)
    assert case.facts == {}


def test_a_measure_is_chosen_from_the_panel_and_its_questions_come_first(
    desk: CheckedClient, database: Session, case: Case
) -> None:
    desk.post(f"/desk/cases/{case.number}/measure", data=typed(case, measure="sme9_mfg_case"))
    database.refresh(case)
    assert case.measure == "sme9_mfg_case"
    page = desk.get(f"/desk/cases/{case.number}").get_data(as_text=True)
    assert "本案措施" in text_of(page)
    assert page.index('name="fact-registration"') < page.index('name="fact-tariff_affected"')
    unknown = desk.post(
        f"/desk/cases/{case.number}/measure", data={**typed(case), "version": "99", "measure": "x"}
    )
    assert unknown.status_code == 404


def test_an_answer_is_taken_over_into_the_answer_box_and_nothing_is_sent(
    desk: CheckedClient, database: Session, case: Case
) -> None:
    page = desk.post(f"/desk/cases/{case.number}/answer-text", data=typed(case, insert="tariff_rd_single"))
    assert page.status_code == 200
    box = re.search(r'<textarea[^>]*name="body"[^>]*>(.*?)</textarea>', page.get_data(as_text=True), re.S)
    assert box is not None
    assert "因應美國關稅研發轉型補助－個案" in box[1]
    database.refresh(case)
    assert case.event_count == int(typed(case)["version"])


def test_a_referral_shows_how_the_enterprise_stood(
    client_as: Callable[..., CheckedClient], desk: CheckedClient, database: Session, runtime: Runtime
) -> None:
    from helpdesk.models.account import Account

    account = database.scalars(select(Account).where(Account.role == Role.AGENT)).first()
    assert account is not None
    made = builders.sorted_case(
        database, runtime, account=account, now=clock.now(), category=Category.IMPROVEMENT,
        measure="tariff_rd_single", facts={"tariff_affected": True},
    )  # fmt: skip
    builders.offered(database, runtime, made, account=account, now=clock.now())
    database.commit()
    page = text_of(desk.get(f"/desk/cases/{made.number}").get_data(as_text=True))
    assert "轉介時的資格初判：初步符合（因應美國關稅研發轉型補助－個案，114-115 年度版）" in page
