"""The versions of the model: how each was judged, what would change, into use and back with a reason."""

import json
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import time_machine
from sqlalchemy.orm import Session

from helpdesk.models.case import Case
from helpdesk.policy.permissions import Role
from tests.checked_client import CheckedClient
from tests.conftest import NOW
from tests.queries.written_decisions import C, suggested
from triage_model import artefact, card, store
from triage_model.gate import Rule
from triage_model.store import Standing

PAGE = "/admin/model/versions"
WHY = "能自行決定的變多"
KEEN, REFUSED = "keen00000001", "refused00002"
FIGURES = json.loads(card.FILE.read_text(encoding="utf-8"))


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture(autouse=True)
def shipped(model_store: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> str:
    """A store of the test's own: the shipped model in use, one that decides more alone, a refused one."""
    folder = tmp_path / "models"
    shutil.copytree(model_store, folder)
    monkeypatch.setenv("TRIAGE_MODEL_DIR", str(folder))
    in_use = str(store.promoted())
    texts, known = store.texts_of(in_use), artefact.read(folder / in_use)
    keen = replace(known, manifest=replace(known.manifest, version=KEEN, threshold_probability=0.0),
                   weights=known.weights[:, ::-1].copy())  # fmt: skip
    store.keep(KEEN, texts, keen, standing=Standing.PASSED, decisions=40, report=judged(in_use), now=NOW)
    refused = judged(in_use, fails=Rule.CALIBRATED)
    store.keep(REFUSED, texts, None, standing=Standing.REFUSED, decisions=40, report=refused, now=NOW)
    return in_use


def judged(against: str, *, fails: Rule | None = None) -> dict[str, object]:
    """Return a report of the gate, as the training writes it."""
    rules = [{"rule": rule, "holds": rule is not fails, "found": 0.1234, "limit": 0.05} for rule in Rule]
    return {"against": against, "frozen": {"texts": 400, "blind": 23}, "rules": rules,
            "in_use": FIGURES, "new": FIGURES}  # fmt: skip


@pytest.fixture
def supervisor(client_as: Callable[..., CheckedClient]) -> CheckedClient:
    return client_as(Role.SUPERVISOR)


def seen(client: CheckedClient, path: str = PAGE) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return plain(answer.get_data(as_text=True))


def plain(page: str) -> str:
    text = re.sub(r"</?(?:span|strong)\b[^>]*>", "", page.partition("<main")[2])
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text))


def posted(client: CheckedClient, path: str, based_on: str, *, status: int, reason: str = WHY) -> str:
    answer = client.post(path, data={"based_on": based_on, "reason": reason})
    assert answer.status_code == status
    return plain(answer.get_data(as_text=True))


def test_every_version_is_listed_with_its_standing(supervisor: CheckedClient, shipped: str) -> None:
    page = seen(supervisor)
    for words in (
        shipped,
        "使用中",
        KEEN,
        "通過比較",
        REFUSED,
        "未通過比較1 項規則未通過",
        "其中 40 則是本窗口的分類",
    ):
        assert words in page
    assert f"版本 {shipped}：隨系統啟用" in page
    assert "退回前一版" not in page


def test_a_refused_version_says_which_rule_failed_and_cannot_be_put_into_use(
    supervisor: CheckedClient, shipped: str
) -> None:
    page = seen(supervisor, f"{PAGE}/{REFUSED}")
    assert "說的把握程度可信 未通過 校準誤差 0.123，最多 0.05" in page
    assert page.count("未通過") == 2  # the standing and the rule
    assert "啟用這個版本" not in page
    assert "其中 23 則是盲評的分類" in page
    assert "不能啟用" in posted(supervisor, f"{PAGE}/{REFUSED}", shipped, status=409)
    assert store.promoted() == shipped


def test_every_rule_of_the_gate_has_its_words(supervisor: CheckedClient) -> None:
    page = seen(supervisor, f"{PAGE}/{KEEN}")
    assert not [rule for rule in Rule if rule.value in page]
    assert page.count(" 通過 ") == len(Rule)


def test_a_preview_shows_what_would_change_and_texts_stay_with_those_who_may_read_them(
    client_as: Callable[..., CheckedClient], database: Session
) -> None:
    assert "還沒有來件可以試算" in seen(client_as(Role.ADMINISTRATOR), f"{PAGE}/{KEEN}")
    text = "線上申請附件上傳一直失敗，系統說格式不對"
    case = database.get_one(Case, suggested(database, C.APPLICATION, text=text).case_id)
    database.commit()
    page = client_as(Role.SUPERVISOR).get(f"{PAGE}/{KEEN}").get_data(as_text=True)
    assert "最近 1 件來件中，1 件的建議會不同" in plain(page)
    assert f'href="/desk/cases/{case.number}"' in page
    assert text not in page


def test_a_version_comes_into_use_with_a_reason_and_goes_back_with_another(
    supervisor: CheckedClient, shipped: str
) -> None:
    posted(supervisor, f"{PAGE}/{KEEN}", shipped, status=302)
    assert store.promoted() == KEEN
    assert "這是使用中的版本" in seen(supervisor, f"{PAGE}/{KEEN}")
    page = seen(supervisor)
    assert f"版本 {KEEN}：啟用測試supervisor 115/11/24 (二) 10:00 {WHY} 原本使用版本 {shipped}" in page
    assert f"退回版本 {shipped}" in seen(supervisor, "/admin/model/rollback")
    posted(supervisor, "/admin/model/rollback", KEEN, status=302, reason="改判率上升")
    assert store.promoted() == shipped
    made = store.history()
    assert [(each.version, each.who, each.why) for each in made[:2]] == [
        (shipped, "測試supervisor", "改判率上升"), (KEEN, "測試supervisor", WHY),
    ]  # fmt: skip
    assert supervisor.get("/admin/model/rollback").status_code == 404


@pytest.mark.parametrize(("reason", "words"), [("", "請填原因"), ("長" * 201, "原因最多 200 個字")])
def test_without_a_reason_nothing_changes_and_the_page_says_so(
    supervisor: CheckedClient, shipped: str, reason: str, words: str
) -> None:
    assert words in posted(supervisor, f"{PAGE}/{KEEN}", shipped, status=422, reason=reason)
    assert store.promoted() == shipped


@pytest.mark.parametrize("based_on", ["", "another"])
def test_what_was_based_on_another_model_is_refused_and_keeps_the_reason(
    supervisor: CheckedClient, shipped: str, based_on: str
) -> None:
    answer = supervisor.post(f"{PAGE}/{KEEN}", data={"based_on": based_on, "reason": WHY})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "換過了" in page
    assert f'value="{WHY}"' in page
    assert f'name="based_on" value="{shipped}"' in page
    assert store.promoted() == shipped


def test_a_damaged_version_is_refused_and_the_one_in_use_stays(
    supervisor: CheckedClient, shipped: str
) -> None:
    (store.directory() / KEEN / artefact.NUMBERS).write_bytes(b"?")
    assert "不能試算" in seen(supervisor, f"{PAGE}/{KEEN}")
    assert "不能啟用" in posted(supervisor, f"{PAGE}/{KEEN}", shipped, status=409)
    assert store.promoted() == shipped


@pytest.mark.parametrize("path", [f"{PAGE}/nothing", f"{PAGE}/..", f"{PAGE}/%00", "/admin/model/rollback"])
def test_a_version_that_there_is_not_is_not_found(supervisor: CheckedClient, path: str) -> None:
    assert supervisor.get(path).status_code == 404
    assert supervisor.post(path, data={"reason": WHY}).status_code in {404, 405}
