"""The pages for targets and hours: what holds, what a change would do, and that nothing changes before it is saved."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.models.amendment import LevelEdition, TermsChange, TermsVersion
from helpdesk.models.base import Base
from helpdesk.models.case import Case
from helpdesk.models.service_clock import ServiceClock
from helpdesk.policy.level_rules import typed_levels
from helpdesk.policy.permissions import Role
from helpdesk.policy.service_calendar import Closure
from helpdesk.runtime import Runtime, prevailing
from helpdesk.services import sweep, terms_changes, terms_proposals
from helpdesk.services.terms_in_force import Hold
from helpdesk.services.timeline import Actor
from knowledge_base.records.vocabulary import Metric
from tests import builders
from tests.checked_client import CheckedClient
from tests.conftest import NOW
from tests.policy.working_time import taipei

HOUR = timedelta(hours=1)
PAGE, FORM, PREVIEW = (f"/admin/service-levels{end}" for end in ("", "/form", "/preview"))
OCTOBER_12 = taipei("2026-10-12T08:30").astimezone(UTC)


def typed(runtime: Runtime, **changes: str) -> dict[str, str]:
    """Return the form with the shipped levels and these changes; `__` stands for the hyphen of a field."""
    fields = {field.replace("__", "-"): text for field, text in changes.items()}
    return {**typed_levels(runtime.shipped), "reason": "試行三個月", "based_on": "0", **fields}


def posted(client: CheckedClient, path: str, form: Mapping[str, str], *, status: int = 200) -> str:
    answer = client.post(path, data=dict(form))
    assert answer.status_code == status
    return str(answer.get_data(as_text=True))


def seen(client: CheckedClient, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return str(answer.get_data(as_text=True))


def words_of(page: str) -> str:
    """Return the words of a page, without marks and white space."""
    return re.sub(r"\s+|<[^>]*>", "", page)


def rows_with(page: str, words: str) -> set[str]:
    """Return the case numbers of the table rows that hold these words."""
    rows = re.findall(r"(?s)<tr.*?</tr>", page)
    return {number for row in rows if words in row for number in re.findall(r"C\d{3}-\d{6}-\d", row)}


def everything(database: Session) -> dict[str, list[object]]:
    """Return every row of every table."""
    database.expire_all()
    database.rollback()
    return {
        table.name: [tuple(row) for row in database.execute(select(table)).all()]
        for table in Base.metadata.sorted_tables
    }


def waiting_since(database: Session, runtime: Runtime, *hours: float) -> dict[float, str]:
    """Take in an inquiry at each of so many hours ago; return the case numbers by hours."""
    found = {
        each: builders.case(database, runtime, now=NOW - each * HOUR, text="客戶要碳排放資料").number
        for each in hours
    }
    database.commit()
    return found


def test_every_target_is_shown_with_its_cases_its_origin_and_the_weeks_hours(
    supervisor: CheckedClient, runtime: Runtime
) -> None:
    page = words_of(seen(supervisor, PAGE))
    assert page.count("提案，未核定") == len(runtime.knowledge.policies)
    assert "不知問題、急件急件減半：不知問題的案件辦結10工作天80%" in page
    assert "單位受案所有案件單位回覆是否受案2工作天50%、80%" in page
    assert "週五08:30–18:00週六不開放" in page
    assert "還沒有變更" in page
    assert "回復為原本的值" not in page


def test_a_shorter_target_shows_the_open_cases_it_breaks_and_saved_the_next_sweep_marks_just_those(
    supervisor: CheckedClient, database: Session, runtime: Runtime
) -> None:
    numbers = waiting_since(database, runtime, 0.25, 0.5, 1, 1.25, 1.5)  # due after 4 hours
    form = typed(runtime, amount__first_response="60", unit__first_response="working_minutes")
    page = posted(supervisor, PREVIEW, form)
    assert rows_with(page, "新逾期") == {numbers[1.25], numbers[1.5]}
    assert {numbers[each] for each in numbers} == rows_with(page, "首次回應")
    assert "立案後由專人首次回覆4工作小時60工作分鐘" in words_of(page)

    assert supervisor.post(PAGE, data=form).location == PAGE
    database.rollback()
    sweep.sweep(database, equipment=prevailing(runtime, database, Hold.SHARED), now=NOW)
    database.commit()
    marked = database.scalars(select(ServiceClock).where(ServiceClock.breached_at.is_not(None))).all()
    assert {clock.metric for clock in marked} == {Metric.FIRST_RESPONSE}
    broken = database.scalars(select(Case.number).where(Case.id.in_([clock.case_id for clock in marked])))
    assert {*broken} == {numbers[1.25], numbers[1.5]}


def test_a_longer_target_shows_the_open_cases_it_saves_and_saving_lifts_their_breach(
    supervisor: CheckedClient, database: Session, runtime: Runtime
) -> None:
    numbers = waiting_since(database, runtime, 24 + 2, 24)  # due yesterday at 12:00 and 14:00
    sweep.sweep(database, equipment=runtime, now=NOW)
    database.commit()
    form = typed(runtime, amount__first_response="10.5")
    assert rows_with(posted(supervisor, PREVIEW, form), "不再逾期") == {numbers[24]}
    supervisor.post(PAGE, data=form)
    late = select(ServiceClock).where(
        ServiceClock.metric == Metric.FIRST_RESPONSE, ServiceClock.breached_at.is_not(None)
    )
    database.rollback()
    assert len(database.scalars(late).all()) == 1


def test_a_preview_writes_nothing(supervisor: CheckedClient, database: Session, runtime: Runtime) -> None:
    waiting_since(database, runtime, 1, 2)
    before = everything(database)
    posted(supervisor, PREVIEW, typed(runtime, amount__first_response="1", opening__sat="09:00-12:00"))
    posted(supervisor, PREVIEW, typed(runtime, amount__first_response="x"), status=422)
    posted(supervisor, FORM, typed(runtime, amount__first_response="1"))
    assert everything(database) == before


def test_the_month_before_is_shown_as_it_was_and_as_it_would_have_been(
    supervisor: CheckedClient, database: Session, runtime: Runtime
) -> None:
    for hours in (1, 3, 5):
        case = builders.case(database, runtime, now=OCTOBER_12, text="客戶要碳排放資料")
        answered_at = OCTOBER_12 + hours * HOUR
        for clock in database.scalars(select(ServiceClock).where(ServiceClock.case_id == case.id)):
            late = clock.due_at < answered_at
            clock.met_at, clock.breached_at = answered_at, clock.due_at if late else None
    database.commit()
    page = words_of(posted(supervisor, PREVIEW, typed(runtime, amount__first_response="2")))
    assert "上個月（115年10月）的達成率" in page
    assert "首次回應(66%)3件(33%)3件" in page
    assert "分類派案(100%)3件不變" in page


def test_what_was_typed_is_kept_when_it_is_refused_and_when_one_goes_back(
    supervisor: CheckedClient, runtime: Runtime
) -> None:
    wrong = typed(runtime, amount__triage="兩", opening__sat="09:00-12:00", unit__progress="years", reason="")
    page = posted(supervisor, PREVIEW, wrong, status=422)
    assert all(text in page for text in ('value="兩"', 'value="09:00-12:00"', "「兩」不是數字", "請填原因"))
    assert 'href="#unit-progress"' in page
    assert "錯誤：調整時效" in page

    right = typed(runtime, amount__triage="2.5", unit__triage="working_hours", reason="<b>試行</b>")
    preview = posted(supervisor, PREVIEW, right)
    fields = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', preview))
    assert {name: fields[name] for name in right if name != "reason"} == {
        name: text for name, text in right.items() if name != "reason"
    }
    again = posted(supervisor, FORM, right)
    assert 'name="amount-triage"' in again
    assert 'value="2.5"' in again
    assert "&lt;b&gt;試行&lt;/b&gt;" in again


def test_levels_that_are_as_they_are_now_are_nothing_to_save(
    supervisor: CheckedClient, database: Session, runtime: Runtime
) -> None:
    for path in (PREVIEW, PAGE):
        assert "沒有要儲存的變更" in posted(supervisor, path, typed(runtime), status=422)
    database.rollback()
    assert database.scalars(select(TermsChange)).all() == []


def test_a_change_is_saved_with_its_reason_and_author_and_can_be_taken_back_through_the_same_preview(
    supervisor: CheckedClient, database: Session, runtime: Runtime
) -> None:
    form = typed(runtime, amount__triage="2", opening__sat="09:00-12:00")
    assert supervisor.post(PAGE, data=form).status_code == 302
    page = words_of(seen(supervisor, PAGE))
    assert "2工作天原本1工作天80%已訂定" in page
    assert "週六09:00–12:00原本不開放" in page
    assert "立案後確認類別與下一步改為2工作天；服務時間變更試行三個月測試supervisor" in page

    back = seen(supervisor, f"{FORM}?from=shipped")
    assert "已填入原本的值" in back
    assert re.search(r'name="amount-triage"[^>]*value="1"', back)
    shipped = {**typed(runtime, reason="試行結束"), "based_on": "1"}
    assert "立案後確認類別與下一步2工作天1工作天" in words_of(posted(supervisor, PREVIEW, shipped))
    assert supervisor.post(PAGE, data=shipped).status_code == 302
    database.rollback()
    newest = database.scalars(select(LevelEdition).order_by(LevelEdition.change_id.desc())).first()
    assert newest is not None
    assert (newest.targets, newest.opening) == ({}, None)
    assert prevailing(runtime, database, Hold.NOT).knowledge.policies == runtime.shipped.policies


def test_terms_that_somebody_else_changed_since_the_preview_are_previewed_again_and_not_saved(
    supervisor: CheckedClient, database: Session, runtime: Runtime
) -> None:
    closure = Closure(NOW + 24 * HOUR, NOW + 30 * HOUR, frozenset(), "颱風停班")
    held = prevailing(runtime, database, Hold.ALONE)
    terms_changes.put_in_force(
        database, terms_proposals.propose_closure(database, closure, equipment=held), based_on=0,
        reason="x", actor=Actor("督導乙"), equipment=held, now=NOW,
    )  # fmt: skip
    database.commit()
    form = typed(runtime, amount__triage="2")
    page = posted(supervisor, PAGE, form, status=409)
    assert "預覽之後服務條件又有變更" in page
    assert 'name="based_on" value="1"' in page
    assert 'name="amount-triage" value="2"' in page
    database.rollback()
    assert database.get_one(TermsVersion, 1).version == 1
    for nonsense in ("", "x", "9" * 30):
        posted(supervisor, PAGE, form | {"based_on": nonsense}, status=409)
    assert supervisor.post(PAGE, data=form | {"based_on": "1"}).status_code == 302


def test_hours_too_few_for_a_promise_are_refused_in_words(
    supervisor: CheckedClient, runtime: Runtime
) -> None:
    closed = {f"opening__{day}": "" for day in ("tue", "wed", "thu", "fri")}
    scarce = typed(runtime, opening__mon="08:30-08:31", **closed)
    for path in (PREVIEW, PAGE):
        page = posted(supervisor, path, scarce, status=422)
        assert "立案後由專人首次回覆：「單一服務窗口」三年內沒有足夠的服務時間" in page


def test_only_supervisors_and_administrators_see_and_change_them(
    client_as: Callable[..., CheckedClient], runtime: Runtime
) -> None:
    for role in Role:
        client = client_as(role, "pmc" if role is Role.PARTNER else None)
        allowed = role in {Role.SUPERVISOR, Role.ADMINISTRATOR}
        assert client.get(PAGE).status_code == (200 if allowed else 403)
        assert client.post(PREVIEW, data=typed(runtime, amount__triage="2")).status_code == (
            200 if allowed else 403
        )
        assert client.post(PAGE, data={}).status_code == (422 if allowed else 403)


def test_an_administrator_who_may_not_open_cases_sees_their_numbers_without_links(
    client_as: Callable[..., CheckedClient], database: Session, runtime: Runtime
) -> None:
    [number] = waiting_since(database, runtime, 2).values()
    form = typed(runtime, amount__first_response="1")
    page = posted(client_as(Role.ADMINISTRATOR), PREVIEW, form)
    assert number in page
    assert f"/cases/{number}" not in page
    assert f"/cases/{number}" in posted(client_as(Role.SUPERVISOR), PREVIEW, form)
