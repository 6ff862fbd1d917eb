"""The model's pages: figures with their cases, months, drift, what to sort next, files, who may see texts."""

import csv
import re
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy.orm import Session

from helpdesk.models.case import Case
from helpdesk.policy.attainment import month_before, month_of, month_span
from helpdesk.policy.drift import FEWEST_CASES
from helpdesk.policy.permissions import Permission, Role
from tests.checked_client import CheckedClient
from tests.conftest import NOW
from tests.queries.written_decisions import C, decided, suggested
from triage_model import promotions, store

PAGE = "/admin/model"
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def supervisor(client_as: Callable[..., CheckedClient]) -> CheckedClient:
    return client_as(Role.SUPERVISOR)


@pytest.fixture
def version(runtime: object) -> str:
    """The version in use: decisions of any other are not those of the model in use."""
    found = store.promoted()
    assert found
    return found


def seen(client: CheckedClient, path: str = PAGE) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    text = re.sub(r"</?(?:span|strong)\b[^>]*>", "", answer.get_data(as_text=True).partition("<main")[2])
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text))


def lines_of(client: CheckedClient, path: str) -> list[list[str]]:
    answer = client.get(path)
    assert answer.mimetype == "text/csv"
    return list(csv.reader(answer.data.decode("utf-8-sig").splitlines()))


@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.ADMINISTRATOR])
def test_a_new_desk_shows_the_model_and_says_what_is_missing(
    client_as: Callable[..., CheckedClient], version: str, role: Role
) -> None:
    page = seen(client_as(role))
    for words in (
        version,
        "115 年 11 月沒有來件",
        "還不能看校準",
        "樣本不足",
        "沒有等著分類的案件",
        "還不能比",
    ):
        assert words in page
    assert "<svg viewBox" not in client_as(Role.AGENT).get("/desk/").get_data(as_text=True)


def test_only_supervisors_and_administrators_find_the_pages(
    app: Flask, client_as: Callable[..., CheckedClient]
) -> None:
    views = app.view_functions
    guarded = [
        rule.rule.replace("<version>", "x")
        for rule in app.url_map.iter_rules()
        if getattr(views[rule.endpoint], "access_rule", None) is Permission.MODEL_MANAGE
    ]
    assert len(guarded) == 8
    homes = {Role.AGENT: "/desk/", Role.PARTNER: "/partner/", Role.SUPERVISOR: "/desk/",
             Role.ADMINISTRATOR: "/admin/accounts"}  # fmt: skip
    for role in Role:
        client = client_as(role, "pmc" if role is Role.PARTNER else None)
        allowed = role in {Role.SUPERVISOR, Role.ADMINISTRATOR}
        assert (f'href="{PAGE}"' in client.get(homes[role]).get_data(as_text=True)) is allowed
        for path in guarded:
            assert (client.get(path).status_code == 403) is not allowed, (role, path)


def test_a_month_shows_each_share_with_its_interval_and_its_cases(
    supervisor: CheckedClient, database: Session
) -> None:
    for _ in range(6):
        suggested(database, resolved=True)
    for final in (C.PROBLEM, C.PROBLEM, C.MEASURES):
        decided(database, suggested(database, sure=False), final)
    decided(database, suggested(database, resolved=True), C.APPLICATION)
    database.commit()
    page = seen(supervisor)
    assert "系統決定 70.0% 39.7–89.2%，7/10 件" in page
    assert "未被更正 85.7% 48.7–97.4%，6/7 件" in page
    assert "改判 20.0% 5.7–51.0%，2/10 件" in page
    assert "人員改判 33.3% 6.1–79.2%，1/3 件" in page
    assert "不知問題 1 2 1 4 50.0%" in page
    assert "不知問題 → 不瞭措施 1" in page


def test_another_month_is_another_page_with_the_year_up_to_it(
    supervisor: CheckedClient, database: Session
) -> None:
    before = month_before(month_of(NOW), 1)
    decided(database, suggested(database, at=month_span(before)[0], sure=False), C.MEASURES)
    database.commit()
    assert "115 年 11 月沒有來件" in seen(supervisor)
    page = seen(supervisor, f"{PAGE}?month={before:%Y-%m}")
    assert "115 年 10 月的分類" in page
    assert "人員改判 100.0% 20.7–100.0%，1/1 件" in page


@pytest.mark.parametrize("end", ["", "/confusion.csv", "/calibration.csv"])
@pytest.mark.parametrize("month", ["x", "2026-13", "2026-12", "0001-01"])
def test_a_month_that_there_is_not_is_not_found(supervisor: CheckedClient, end: str, month: str) -> None:
    assert supervisor.get(f"{PAGE}{end}?month={month}").status_code == 404


def test_calibration_is_that_of_the_version_in_use_as_a_picture_a_table_and_a_file(
    supervisor: CheckedClient, database: Session, version: str
) -> None:
    for place in range(10):
        of = suggested(database, sure=False, probability=0.65, model_version=version)
        decided(database, of, C.PROBLEM if place < 8 else C.MEASURES)
    decided(database, suggested(database, sure=False), C.MEASURES)  # another version's
    database.commit()
    page = supervisor.get(PAGE).get_data(as_text=True)
    assert "把握 65%：一致 80.0%，10 件</title>" in page
    assert "校準誤差 0.150，超過 0.08 的上限" in seen(supervisor)
    assert "60–70% 10 65.0% 80.0% 49.0–94.3%" in seen(supervisor)
    assert lines_of(supervisor, f"{PAGE}/calibration.csv")[1:] == [
        [version, "0.6", "0.7", "10", "8", "0.65", "0.8", "0.4902", "0.9433"]
    ]


def test_the_confusion_is_a_file_by_month(supervisor: CheckedClient, database: Session) -> None:
    before = month_span(month_before(month_of(NOW), 1))[0]
    for at in (NOW, NOW, before):
        decided(database, suggested(database, at=at), C.MEASURES)
    database.commit()
    assert lines_of(supervisor, f"{PAGE}/confusion.csv") == [
        ["月份", "系統建議", "人員決定", "件數"],
        ["115 年 11 月", "不知問題", "不瞭措施", "2"],
        ["115 年 10 月", "不知問題", "不瞭措施", "1"],
    ]


def test_drift_is_judged_in_words_and_a_strong_one_stands_at_the_top(
    supervisor: CheckedClient, database: Session, version: str
) -> None:
    for back, category in ((30, C.PROBLEM), (7, C.MEASURES)):
        for place in range(FEWEST_CASES):
            suggested(database, category, at=NOW - DAY * (back - place % 7), model_version=version)
    database.commit()
    page = seen(supervisor)
    assert "「類別的分布」與參考期差很多" in page
    assert "不知問題 最多，100.0%" in page
    assert "不瞭措施 最多，100.0%" in page
    row = page.partition("類別的分布系統建議")[2]
    assert row.index("處理") < row.index("穩定") < row.index("樣本不足")


def test_blind_cases_are_compared_with_shown_ones_of_the_same_kind(
    supervisor: CheckedClient, database: Session
) -> None:
    for place in range(40):
        decided(database, suggested(database, sure=False), C.PROBLEM)
        decided(database, suggested(database, sure=False, blind=True), C.PROBLEM if place % 2 else C.MEASURES)
    database.commit()
    row = seen(supervisor).partition("系統沒有把握的案件")[2]
    assert row.startswith(" 100.0% 91.2–100.0%，40/40 件 50.0% 35.2–64.8%，20/40 件 +50.0 點")
    assert "建議可能左右了判斷" in row


def test_cases_to_sort_next_lead_to_their_page_and_texts_are_for_those_who_may_read_cases(
    client_as: Callable[..., CheckedClient], database: Session
) -> None:
    case = database.get_one(Case, suggested(database, probability=0.51).case_id)
    database.commit()
    supervisor, administrator = client_as(Role.SUPERVISOR), client_as(Role.ADMINISTRATOR)
    page = supervisor.get(PAGE).get_data(as_text=True)
    assert f'href="/desk/cases/{case.number}"' in page
    assert case.subject in page
    page = administrator.get(PAGE).get_data(as_text=True)
    assert case.number in page
    assert "/desk/cases/" not in page
    assert case.subject not in page


def test_a_store_that_cannot_be_read_is_said_and_the_figures_stay(
    supervisor: CheckedClient, database: Session, monkeypatch: pytest.MonkeyPatch, tmp_path: object
) -> None:
    decided(database, suggested(database, sure=False), C.MEASURES)
    database.commit()
    (tmp_path / promotions.FILE).write_text("{", encoding="utf-8")  # type: ignore[operator]
    monkeypatch.setenv("TRIAGE_MODEL_DIR", str(tmp_path))
    page = seen(supervisor)
    assert "模型庫的紀錄讀不到" in page
    assert "人員改判 100.0%" in page
    assert "模型庫的紀錄讀不到" in seen(supervisor, f"{PAGE}/versions")
