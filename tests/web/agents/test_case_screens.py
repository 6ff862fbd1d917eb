"""The agent's screens: a call, the queue, every action on a case."""

import re
from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk import clock
from helpdesk.models.account import Account
from helpdesk.models.case import Case, Message
from helpdesk.models.outbox import Notification
from helpdesk.models.referral import Referral
from helpdesk.policy.delivery import DeliveryState
from helpdesk.policy.lifecycle import CaseStatus
from helpdesk.policy.permissions import Role
from helpdesk.policy.referral_lifecycle import ReferralStatus
from helpdesk.policy.submission import ContactFacts
from helpdesk.queries.case_queue import QueueView
from helpdesk.runtime import Runtime
from knowledge_base.records.vocabulary import Category, OrganisationKind, Urgency
from tests import builders
from tests.checked_client import CheckedClient

CALL = {
    "key": "k1",
    "phone": "0900-000-456",
    "contact_name": "陳廠長",
    "name": "範例鑄造廠",
    "text": "鍋爐太舊想換，找會做廢熱回收的廠商",
}


@pytest.fixture
def desk(client_as: Callable[..., CheckedClient]) -> CheckedClient:
    return client_as(Role.AGENT)


@pytest.fixture
def case(database: Session, runtime: Runtime, desk: CheckedClient) -> Case:
    agent = database.scalars(select(Account)).one()
    made = builders.sorted_case(database, runtime, account=agent, now=clock.now())
    database.commit()
    return made


def act(
    desk: CheckedClient, case: Case, action: str, *, version: int | None = None, **values: object
) -> object:
    page = desk.get(f"/desk/cases/{case.number}").get_data(as_text=True)
    found = re.search(r'name="version" value="(\d+)"', page)
    current = int(found.group(1)) if found else 0
    data = {"version": current if version is None else version, **values}
    return desk.post(f"/desk/cases/{case.number}/{action}", data=data)


def fresh(database: Session, case: Case) -> Case:
    database.rollback()
    database.expire_all()
    return database.get_one(Case, case.id)


def test_a_call_is_logged_on_one_screen_and_twice_sent_is_one_case(
    desk: CheckedClient, database: Session
) -> None:
    first = desk.post("/desk/new", data=CALL)
    again = desk.post("/desk/new", data=CALL)
    assert first.location == again.location
    case = database.scalars(select(Case)).one()
    assert case.assignee is not None
    assert case.number in first.location


def test_a_call_answered_at_once_is_resolved_and_closed_in_one_step(
    desk: CheckedClient, database: Session
) -> None:
    desk.post("/desk/new", data={**CALL, "category": "improvement", "answer": "已說明汰換方式", "close": "1"})
    case = database.scalars(select(Case)).one()
    assert (case.status, case.category) == (CaseStatus.CLOSED, Category.IMPROVEMENT)
    assert "已說明汰換方式" in database.scalars(select(Message.body)).all()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"text": ""}, "text"),
        ({"phone": ""}, "phone"),
        ({"phone": "12"}, "phone"),
        ({"ubn": "1"}, "ubn"),
        ({"answer": "好"}, "category"),
        ({"category": "x"}, "category"),
    ],
)
def test_a_slip_in_a_call_keeps_everything_and_names_the_field(
    desk: CheckedClient, changes: dict[str, str], field: str
) -> None:
    answer = desk.post("/desk/new", data={**CALL, **changes})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert f'href="#{field}"' in page
    assert "陳廠長" in page


def test_the_category_is_suggested_while_typing_with_the_words_that_decided(
    desk: CheckedClient, database: Session
) -> None:
    page = desk.post("/desk/suggest", data={"text": CALL["text"]}).get_data(as_text=True)
    assert "不會改善" in page
    assert "<mark" in page
    assert desk.post("/desk/suggest", data={"text": " "}).get_data(as_text=True) == ""
    assert database.scalars(select(Case)).all() == []


def test_the_callers_open_cases_are_found_by_phone(desk: CheckedClient, case: Case) -> None:
    assert case.number in desk.get("/desk/callers?phone=0900000123").get_data(as_text=True)
    assert "新的業者" in desk.get("/desk/callers?phone=0900999999").get_data(as_text=True)


@pytest.mark.parametrize("asked", ["0900 000 123", "00000011", "範例精密", "+886900000123"])
def test_a_case_is_found_by_phone_tongbian_or_name(desk: CheckedClient, case: Case, asked: str) -> None:
    assert case.number in desk.get("/desk/search", query_string={"q": asked}).get_data(as_text=True)


def test_a_case_number_leads_straight_to_the_case(desk: CheckedClient, case: Case) -> None:
    assert desk.get("/desk/search", query_string={"q": case.number}).location.endswith(case.number)
    assert "沒有找到" in desk.get("/desk/search", query_string={"q": "' OR 1=1 --"}).get_data(as_text=True)


@pytest.mark.parametrize("view", QueueView)
def test_every_view_of_the_queue_opens(desk: CheckedClient, case: Case, view: QueueView) -> None:
    page = desk.get(f"/desk/cases?view={view}").get_data(as_text=True)
    assert (case.number in page) is (view in {QueueView.UNFINISHED, QueueView.UNASSIGNED})
    assert desk.get("/desk/cases?view=nonsense").status_code == 404
    assert desk.get(f"/desk/cases?view={view}&after=nonsense").status_code == 200


def test_the_case_page_explains_the_category_and_names_candidates_and_the_excluded(
    desk: CheckedClient, case: Case
) -> None:
    page = desk.get(f"/desk/cases/{case.number}").get_data(as_text=True)
    assert all(
        words in page for words in ("人工判斷", "精機中心", "中部金屬機電由精機中心主責", "不能轉介的")
    )
    assert desk.get("/desk/cases/C115-999999-9").status_code == 404


def test_every_action_of_an_agent_does_its_work(desk: CheckedClient, database: Session, case: Case) -> None:
    agent = database.scalars(select(Account)).one()
    for action, values in (
        ("assign", {"assignee": agent.id}),
        ("sort", {"category": "improvement"}),
        ("note", {"body": "內部"}),
        (
            "details",
            {"urgency": "urgent", "theme": "smart", "measure": "idb10_mfg_case", "wants_verification": "1"},
        ),
        ("answer", {"body": "您好"}),
        ("answer", {"body": "請補充", "asks": "1"}),
        ("resolve", {"body": "已完成"}),
        ("close", {}),
        ("reopen", {}),
    ):
        assert act(desk, case, action, **values).status_code == 302, action  # type: ignore[attr-defined]
    now = fresh(database, case)
    assert (now.status, now.category, now.urgency) == (CaseStatus.OPEN, Category.IMPROVEMENT, Urgency.URGENT)
    assert now.assignee_id == agent.id


def test_an_offer_takes_one_click_and_can_be_recalled(
    desk: CheckedClient, database: Session, case: Case
) -> None:
    assert act(desk, case, "offer", organisation="pmc", need="請診斷").status_code == 302  # type: ignore[attr-defined]
    referral = database.scalars(select(Referral)).one()
    refused = desk.post(f"/desk/referrals/{referral.id}/recall", data={"text": ""})
    assert refused.status_code == 422
    assert "說明" in refused.get_data(as_text=True)
    assert (
        desk.post(f"/desk/referrals/{referral.id}/recall", data={"text": "業者改變想法"}).status_code == 302
    )
    assert desk.post(f"/desk/referrals/{referral.id}/void", data={"text": "x"}).status_code == 403
    assert fresh(database, case).status is CaseStatus.OPEN
    database.expire_all()
    assert database.scalars(select(Referral.status)).one() is ReferralStatus.RECALLED


@pytest.mark.parametrize(
    ("action", "values", "words"),
    [
        ("offer", {"organisation": "firdi", "need": "我寫的需求"}, "不服務這個行業"),
        ("offer", {"organisation": "nobody", "need": "我寫的需求"}, "不能轉介"),
        ("answer", {"body": " "}, "空白"),
        ("answer", {"body": "字" * 5001}, "5,001"),
        ("sort", {"category": "x"}, "類別"),
        ("assign", {"assignee": 999}, "不能承辦"),
        ("details", {"urgency": "normal", "measure": "nothing"}, "措施"),
        ("consent", {}, "勾選"),
        ("told", {"notification": 999}, "找不到"),
    ],
)
def test_a_refusal_says_why_on_the_case_page(
    desk: CheckedClient, case: Case, action: str, values: dict[str, object], words: str
) -> None:
    answer = act(desk, case, action, **values)
    page = answer.get_data(as_text=True)  # type: ignore[attr-defined]
    assert answer.status_code == 422  # type: ignore[attr-defined]
    assert words in page
    if "need" in values:
        assert "我寫的需求" in page


def test_a_stale_form_shows_what_changed_and_keeps_what_was_typed(
    desk: CheckedClient, database: Session, case: Case
) -> None:
    version = case.event_count
    act(desk, case, "note", body="同事的註記")
    answer = act(desk, case, "answer", version=version, body="我打了很久的回覆")
    page = answer.get_data(as_text=True)  # type: ignore[attr-defined]
    assert answer.status_code == 409  # type: ignore[attr-defined]
    assert "有了變動" in page
    assert "我打了很久的回覆" in page
    assert "我打了很久的回覆" not in database.scalars(select(Message.body)).all()


def test_the_callers_enterprise_is_filled_in_from_a_known_case(desk: CheckedClient, case: Case) -> None:
    assert f"known={case.number}" in desk.get("/desk/callers?phone=0900000123").get_data(as_text=True)
    page = desk.get(f"/desk/new?known={case.number}").get_data(as_text=True)
    assert all(
        f'value="{value}"' in page for value in ("範例精密機械股份有限公司", "00000011", "0900 000 123")
    )
    assert desk.get("/desk/new?known=nonsense").status_code == 200


def test_a_referral_is_not_recalled_from_a_page_that_is_out_of_date(
    desk: CheckedClient, database: Session, case: Case
) -> None:
    act(desk, case, "offer", organisation="pmc", need="請診斷")
    referral = database.scalars(select(Referral)).one()
    act(desk, case, "note", body="同事的註記")
    stale = {"text": "我打的原因", "version": case.event_count}
    answer = desk.post(f"/desk/referrals/{referral.id}/recall", data=stale)
    assert answer.status_code == 409
    assert "有了變動" in answer.get_data(as_text=True)


def test_a_case_with_an_open_referral_is_not_resolved(
    desk: CheckedClient, database: Session, case: Case
) -> None:
    act(desk, case, "offer", organisation="pmc", need="請診斷")
    answer = act(desk, case, "resolve", body="好了")
    assert answer.status_code == 422  # type: ignore[attr-defined]
    assert "還有單位" in answer.get_data(as_text=True)  # type: ignore[attr-defined]


def test_consent_given_on_the_phone_is_recorded(
    desk: CheckedClient, database: Session, runtime: Runtime, case: Case
) -> None:
    agent = database.scalars(select(Account)).one()
    made = builders.sorted_case(database, runtime, account=agent, now=clock.now(), consent=frozenset())
    database.commit()
    assert act(desk, made, "offer", organisation="pmc", need="x").status_code == 422  # type: ignore[attr-defined]
    assert act(desk, made, "consent", kinds=OrganisationKind.COUNSELLING_TEAM).status_code == 302  # type: ignore[attr-defined]
    assert act(desk, made, "offer", organisation="pmc", need="x").status_code == 302  # type: ignore[attr-defined]


def test_what_no_text_could_carry_is_told_by_telephone_and_noted(
    desk: CheckedClient, database: Session, runtime: Runtime
) -> None:
    made = builders.case(
        database, runtime, now=clock.now(), contact=ContactFacts("甲", "+886423587591#12", None)
    )
    database.commit()
    assert "分機 12" in desk.get("/desk/").get_data(as_text=True)
    row = database.scalars(select(Notification)).one()
    assert act(desk, made, "told", notification=row.id).status_code == 302  # type: ignore[attr-defined]
    database.rollback()
    database.expire_all()
    assert database.scalars(select(Notification.state)).one() is DeliveryState.SENT


def test_staff_read_the_outbox(desk: CheckedClient, case: Case) -> None:
    page = desk.get("/desk/outbox").get_data(as_text=True)
    assert case.number in page
    assert "待送出" in page
    assert desk.get("/desk/outbox?state=sent").status_code == 200
    assert desk.get("/desk/outbox?state=nonsense&before=x").status_code == 200


def test_the_need_is_not_prefilled_with_the_enquirers_own_words(
    desk: CheckedClient, database: Session, runtime: Runtime
) -> None:
    agent = database.scalars(select(Account)).one()
    made = builders.sorted_case(
        database, runtime, account=agent, now=clock.now(), text="我是王小姐0900000777，想診斷"
    )
    database.commit()
    page = desk.get(f"/desk/cases/{made.number}").get_data(as_text=True)
    need = re.search(r'<textarea[^>]*name="need"[^>]*>([^<]*)<', page)
    assert need
    assert need.group(1).strip()
    assert "王小姐" not in need.group(1)
