"""The desk reads why a clock is due when it is, who held a case how long, and what moved in its history."""

from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk import clock
from helpdesk.models.account import Account
from helpdesk.models.case import Case
from helpdesk.models.service_clock import ServiceClock
from helpdesk.policy.events import EventKind
from helpdesk.policy.permissions import Role
from helpdesk.policy.time_in_words import roc_datetime
from helpdesk.runtime import Runtime
from helpdesk.services import casework, timeline
from knowledge_base.records.vocabulary import Metric, Urgency
from tests import builders
from tests.checked_client import CheckedClient


@pytest.fixture
def desk(client_as: Callable[..., CheckedClient]) -> CheckedClient:
    return client_as(Role.AGENT)


@pytest.fixture
def account(database: Session, desk: CheckedClient) -> Account:
    return database.scalars(select(Account)).one()


@pytest.fixture
def case(database: Session, runtime: Runtime, account: Account) -> Case:
    made = builders.sorted_case(database, runtime, account=account, now=clock.now())
    database.commit()
    return made


def text_of(desk: CheckedClient, path: str) -> str:
    answer = desk.get(path)
    assert answer.status_code == 200
    return str(answer.get_data(as_text=True))


def test_every_clock_of_a_case_leads_to_its_reckoning(
    desk: CheckedClient, database: Session, case: Case
) -> None:
    page = text_of(desk, f"/desk/cases/{case.number}")
    clocks = database.scalars(select(ServiceClock).where(ServiceClock.case_id == case.id)).all()
    assert len(clocks) >= 3
    for running in clocks:
        path = f"/desk/cases/{case.number}/clocks/{running.id}"
        assert path in page
        assert "計算過程" in text_of(desk, path)


def test_the_reckoning_shows_target_proposal_steps_and_due_date(
    desk: CheckedClient, database: Session, case: Case
) -> None:
    running = builders.clock_of(database, case, Metric.RESOLUTION)
    page = text_of(desk, f"/desk/cases/{case.number}/clocks/{running.id}")
    assert running.due_at is not None
    for words in (
        "20 個工作天（190 小時）",
        "提案",
        "正好是目標",
        "週六、週日",
        roc_datetime(running.due_at),
    ):
        assert words in page
    assert "兩者不同" not in page


def test_a_sum_that_is_not_the_target_is_shown(desk: CheckedClient, database: Session, case: Case) -> None:
    running = builders.clock_of(database, case, Metric.RESOLUTION)
    running.policy = "resolution_measures"
    database.commit()
    assert "兩者不同" in text_of(desk, f"/desk/cases/{case.number}/clocks/{running.id}")


def test_a_policy_that_is_no_more_and_a_clock_that_waits_have_their_words(
    desk: CheckedClient, database: Session, runtime: Runtime, account: Account, case: Case
) -> None:
    casework.answer(database, case, "請補充", asks=True, account=account, equipment=runtime, now=clock.now())
    database.commit()
    path = f"/desk/cases/{case.number}/clocks/{builders.clock_of(database, case, Metric.RESOLUTION).id}"
    assert "離目標還有" in text_of(desk, path)
    builders.clock_of(database, case, Metric.RESOLUTION).policy = "abolished"
    database.commit()
    assert "已經停用" in text_of(desk, path)


def test_a_clock_is_found_under_its_own_case_alone(
    desk: CheckedClient, database: Session, runtime: Runtime, account: Account, case: Case
) -> None:
    other = builders.sorted_case(database, runtime, account=account, now=clock.now())
    database.commit()
    running = builders.clock_of(database, case, Metric.RESOLUTION)
    assert desk.get(f"/desk/cases/{other.number}/clocks/{running.id}").status_code == 404
    assert desk.get(f"/desk/cases/{case.number}/clocks/999999").status_code == 404


def test_a_move_is_told_on_both_pages_with_old_new_and_why(
    desk: CheckedClient, database: Session, runtime: Runtime, account: Account, case: Case
) -> None:
    before = builders.clock_of(database, case, Metric.RESOLUTION).due_at
    casework.correct_details(
        database, case, urgency=Urgency.URGENT, theme=None, measure=None, wants_verification=False,
        account=account, equipment=runtime, now=clock.now(),
    )  # fmt: skip
    database.commit()
    running = builders.clock_of(database, case, Metric.RESOLUTION)
    assert before is not None
    assert running.due_at is not None
    moved = f"{roc_datetime(before)} → {roc_datetime(running.due_at)}"
    page = text_of(desk, f"/desk/cases/{case.number}")
    assert f"解決：{moved}（改為急件）" in page
    story = text_of(desk, f"/desk/cases/{case.number}/clocks/{running.id}")
    assert moved in story
    assert "改為急件" in story


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (
            {"before": "2026-11-24T02:00:00+00:00", "after": None},
            "解決：115/11/24 (二) 10:00 → 暫停</p>",
        ),
        (
            {"before": None, "after": "2026-11-24T02:00:00+00:00", "why": "測試", "lifted": True},
            "解決：暫停 → 115/11/24 (二) 10:00，原記的逾期不再成立（測試）",
        ),
        ({}, "解決：暫停 → 暫停</p>"),
    ],
)
def test_moves_written_earlier_or_while_waiting_are_read(
    desk: CheckedClient, database: Session, case: Case, data: dict[str, object], words: str
) -> None:
    timeline.record(
        database, case, EventKind.CLOCK_MOVED, actor=timeline.SYSTEM, now=clock.now(),
        metric=Metric.RESOLUTION, **data,
    )  # fmt: skip
    database.commit()
    assert words in text_of(desk, f"/desk/cases/{case.number}")


@pytest.mark.parametrize("kind", [EventKind.CLOCK_DUE_SOON, EventKind.CLOCK_BREACHED])
def test_a_warning_and_a_breach_say_the_due_date(
    desk: CheckedClient, database: Session, case: Case, kind: EventKind
) -> None:
    timeline.record(
        database, case, kind, actor=timeline.SYSTEM, now=clock.now(),
        metric=Metric.TRIAGE, due="2026-11-24T02:00:00+00:00",
    )  # fmt: skip
    database.commit()
    assert "分類派案，期限 115/11/24 (二) 10:00" in text_of(desk, f"/desk/cases/{case.number}")


def test_the_case_page_says_who_held_the_case_how_long(desk: CheckedClient, case: Case) -> None:
    page = text_of(desk, f"/desk/cases/{case.number}")
    assert "經手時間" in page
    assert "合計" in page
