"""The desk holds a budget against the rules of a measure: verdicts, what to change, instalments, nothing lost."""

import csv
import html
import re
from collections.abc import Callable

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from helpdesk import clock
from helpdesk.models.base import Base
from helpdesk.policy.answer_texts import window_in_words
from helpdesk.policy.permissions import Role
from helpdesk.runtime import Runtime
from helpdesk.web.agents.budget_form import MORE_ROWS, ROWS_SHOWN, budgeted_editions, read_form, what_is_asked
from helpdesk.web.labels import label
from knowledge_base.lookup import window_state
from tests.checked_client import CheckedClient

PAGE = "/desk/budget"
AGAINST = {"against": "idb10_mfg_case/112"}
TOO_MUCH = {
    **AGAINST,
    "kind-1": "new_equipment",
    "label-1": "雷射切割機",
    "amount-1": "500萬",
    "subsidy-1": "３５０萬",
    "domestic-1": "1",
    "kind-3": "consumables",
    "label-3": "鋼材",
    "amount-3": "1,200,000",
    "subsidy-3": "60萬",
}


@pytest.fixture
def desk(client_as: Callable[..., CheckedClient]) -> CheckedClient:
    return client_as(Role.AGENT)


def asked(desk: CheckedClient, form: dict[str, str], status: int = 200, path: str = PAGE) -> str:
    answer = desk.post(path, data=form)
    assert answer.status_code == status
    return html.unescape(answer.get_data(as_text=True))


def values(page: str) -> dict[str, str]:
    """Return what the rows of the form say."""
    fields = re.findall(r'<input class="form-control[^>]*name="((?:label|amount|subsidy)-\d+)"[^>]*>', page)
    found = {}
    for name in fields:
        tag = re.search(rf'<input[^>]*name="{name}"[^>]*>', page)
        assert tag
        value = re.search(r'value="([^"]*)"', tag.group())
        found[name] = value.group(1) if value else ""
    return found


def test_every_edition_with_budget_rules_can_be_chosen_and_a_measure_leads_to_its_own(
    desk: CheckedClient, runtime: Runtime
) -> None:
    page = html.unescape(desk.get(f"{PAGE}?against=idb10_mfg_case/114").get_data(as_text=True))
    keys = [each.key for each in budgeted_editions(runtime.knowledge)]
    assert len(keys) >= 3
    for key in keys:
        assert f'<option value="{key}"' in page
        measure, _, _ = key.partition("/")
        assert f"{PAGE}?against={key}" in html.unescape(
            desk.get(f"/desk/measures/{measure}").get_data(as_text=True)
        )
    assert '<option value="idb10_mfg_case/114" selected>' in page
    assert len(values(page)) == 3 * ROWS_SHOWN


def test_each_rule_has_its_verdict_with_figure_limit_source_and_what_to_change(desk: CheckedClient) -> None:
    page = asked(desk, TOO_MUCH)
    assert "有 2 項要調整" in page
    words = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))
    for expected in (
        "全新設備之購置費補助款以個案計畫總經費30%為上限 [1] 個案補助頁「經費科目」",
        "3,500,000 1,860,000",
        "最少要這樣調整",
        "補助減少 164 萬元",
        "補助上限每案 500 萬元",
    ):
        assert expected in words
    assert 'id="source-seed"' in page


def test_rows_between_empty_ones_close_up_so_that_the_report_counts_as_the_form_does(
    desk: CheckedClient,
) -> None:
    rows = values(asked(desk, TOO_MUCH))
    assert (rows["amount-1"], rows["subsidy-1"], rows["label-1"]) == ("5,000,000", "3,500,000", "雷射切割機")
    assert (rows["amount-2"], rows["subsidy-2"], rows["label-2"]) == ("1,200,000", "600,000", "鋼材")
    assert rows["amount-3"] == ""


def test_applying_the_change_fills_in_lines_that_comply(desk: CheckedClient) -> None:
    page = asked(desk, {**TOO_MUCH, "apply": "1"})
    rows = values(page)
    assert (rows["amount-1"], rows["subsidy-1"]) == ("5,000,000", "1,860,000")
    assert (rows["amount-2"], rows["subsidy-2"]) == ("1,200,000", "600,000")
    assert re.search(r'name="domestic-1"[^>]* checked', page)
    assert "沒有不合規定之處" in page
    assert "套用調整" not in page


def test_the_instalments_of_every_way_of_payment_add_up_to_the_subsidy(desk: CheckedClient) -> None:
    page = asked(desk, {**TOO_MUCH, "apply": "1"})
    table = page[page.index("<caption", page.index("撥款方式</h2>")) :]
    table = table[: table.index("</table>")]
    rows = re.findall(r'data-label="各期撥付"[^>]*>(.*?)</td>', table)
    assert len(rows) == 3
    for row in rows:
        amounts = re.findall(r'<span class="num">([\d,]+)</span>', row)
        assert sum(int(amount.replace(",", "")) for amount in amounts) == 2_460_000


def test_five_more_rows_come_without_javascript_and_keep_what_was_typed(desk: CheckedClient) -> None:
    form = TOO_MUCH | {"amount-8": "不是數字", "more": "1"}
    rows = values(asked(desk, form))
    assert len(rows) == 3 * (ROWS_SHOWN + MORE_ROWS)
    assert {name: rows[name] for name in rows if name in form} == {n: form[n] for n in form if n in rows}
    again = values(asked(desk, AGAINST | rows | {"more": "1"}))
    assert len(again) == 3 * (ROWS_SHOWN + 2 * MORE_ROWS)


@pytest.mark.parametrize(
    ("wrong", "field", "says"),
    [
        ({"amount-3": "很多"}, "amount-3", "第 3 列「金額」"),
        ({"subsidy-1": "9億"}, "subsidy-1", "第 1 列"),
        ({"kind-3": ""}, "kind-3", "第 3 列"),
        ({"kind-3": "<script>"}, "kind-3", "第 3 列"),
        ({"against": ""}, "against", "請選擇要依哪一項措施"),
        ({"against": "sbir/999"}, "against", "請選擇要依哪一項措施"),
        ({"partners": "十家"}, "partners", "合作廠商家數請寫"),
        ({"partners": "99999999999999999999"}, "partners", "合作廠商家數請寫"),
        ({"partners": "0" * 4_400}, "partners", "合作廠商家數請寫"),
        ({"partners": "9" * 4_400}, "partners", "合作廠商家數請寫"),
        ({"partners": "000000000999999"}, "partners", "合作廠商家數請寫"),
        ({"partners": "-3"}, "partners", "合作廠商家數請寫"),
    ],
)
@pytest.mark.parametrize("path", [PAGE, f"{PAGE}.csv"])
def test_what_cannot_be_read_is_said_at_its_row_and_field_and_nothing_typed_is_lost(
    desk: CheckedClient, wrong: dict[str, str], field: str, says: str, path: str
) -> None:
    form = TOO_MUCH | wrong
    page = asked(desk, form, 422, path)
    assert f'<a href="#{field}">' in page
    assert f'id="{field}-error"' in page
    assert says in page
    rows = values(page)
    assert {name: rows[name] for name in rows if name in form} == {n: form[n] for n in form if n in rows}


def test_an_empty_budget_is_asked_for_a_row(desk: CheckedClient) -> None:
    page = asked(desk, AGAINST, 422)
    assert '<a href="#rows">' in page
    assert 'id="rows-error"' in page


CHAIN = {
    "against": "idb_big_small/112",
    "kind-1": "consumables",
    "amount-1": "9000萬",
    "subsidy-1": "2500萬",
}


@pytest.mark.parametrize(
    ("typed", "notice", "says"),
    [
        ({"theme": "smart", "partners": "４"}, "warning", "有 1 項要調整，見下表。"),
        ({"theme": "low_carbon", "partners": "10"}, "success", "沒有不合規定之處"),
        ({"theme": "low_carbon", "partners": "8"}, "warning", "至少還須增加 2 家"),
        ({}, "info", "還不能判定：請先問明主題與合作廠商家數。"),
        ({"theme": "smart", "subsidy-1": "1000萬"}, "info", "還不能判定：請先問明合作廠商家數。"),
        ({"partners": "12"}, "info", "還不能判定：請先問明主題。"),
    ],
)
def test_ceiling_and_partners_of_a_supply_chain_follow_what_is_known_and_only_what_is_sure_is_green(
    desk: CheckedClient, typed: dict[str, str], notice: str, says: str
) -> None:
    page = asked(desk, CHAIN | typed)
    report = page[page.index('id="report"') :]
    assert re.findall(r'class="notice notice-(\w+)"', report) == [notice]
    assert says in report
    assert ("尚不能判定" in report) is (notice == "info")


def test_too_few_partners_have_figure_limit_and_source(desk: CheckedClient) -> None:
    page = asked(desk, CHAIN | {"theme": "low_carbon", "partners": "8"})
    words = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))
    assert (
        "合作廠商家數：低碳化須帶 10 家以上 [1] 以大帶小補助頁「補助金額」 須調整 8 家 10 家 合作廠商 8 家，不足"
        in words
    )


def test_instalments_of_what_is_undecided_keep_to_what_is_sure(desk: CheckedClient) -> None:
    page = asked(desk, CHAIN | {"subsidy-1": "3000萬"})
    assert "以補助款 2,000 萬元計，以合作廠商達到家數為前提；尚不能判定的部分不計入。" in page
    assert '簽約 <span class="num">20,000,000</span>' in page


@pytest.mark.parametrize(
    ("equipment", "others", "says"),
    [
        (
            "3100萬",
            "6900萬",
            "全新設備之購置費減列（NT$ 1,428,572）或其他科目自籌增列（NT$ 3,333,334）後，最多 3,000 萬元",
        ),
        (
            "600萬",
            "400萬",
            "後，最多 NT$ 2,857,142；不減列而其他科目自籌增列（1,000 萬元）後，最多 NT$ 9,999,999",
        ),
    ],
)
def test_where_an_amount_is_too_large_the_most_is_told_with_its_condition(
    desk: CheckedClient, equipment: str, others: str, says: str
) -> None:
    lines = {"kind-1": "new_equipment", "amount-1": equipment, "subsidy-1": "0"}
    more = {"kind-2": "consumables", "amount-2": others, "theme": "low_carbon", "partners": "10"}
    page = asked(desk, CHAIN | lines | more)
    assert says in page
    assert "比率採另一讀法，最多可申請補助" in page
    assert "以經費計是假設；若以補助款計" in page


def test_the_report_tells_how_the_window_of_the_edition_stands(desk: CheckedClient, runtime: Runtime) -> None:
    for key in ("idb_big_small/112", "idb10_mfg_case/114"):
        budgeted = next(each for each in budgeted_editions(runtime.knowledge) if each.key == key)
        state = window_state(budgeted.edition, clock.now())
        words = window_in_words(budgeted.edition, state, brief=True)
        report = asked(desk, CHAIN | {"against": key}).partition('id="report"')[2]
        assert label(state) in report
        assert words in report


def test_theme_and_partners_say_which_rules_need_them(desk: CheckedClient) -> None:
    page = desk.get(PAGE).get_data(as_text=True)
    theme = re.search(r'id="theme-hint">([^<]*)<', page)
    partners = re.search(r'id="partners-hint">([^<]*)<', page)
    assert theme
    assert theme.group(1) == "只有以大帶小補助（112 年）需要"
    assert partners
    assert partners.group(1) == "只有以大帶小補助（112 年）、爭取海外訂單需要"


def test_the_result_is_sent_as_a_file_that_a_spreadsheet_opens(desk: CheckedClient) -> None:
    answer = desk.post(f"{PAGE}.csv", data=TOO_MUCH | {"label-1": "=1+1"})
    assert answer.mimetype == "text/csv"
    assert "budget-idb10_mfg_case-112.csv" in answer.headers["Content-Disposition"]
    lines = list(csv.reader(answer.data.decode("utf-8-sig").splitlines()))
    assert {len(line) for line in lines} == {len(lines[0])}
    assert lines[1][:3] == ["計畫總經費", "", "6200000"]
    assert any(
        line[0].startswith("全新設備") and line[2:6] == ["3500000", "1860000", "1640000", "元"]
        for line in lines
    )
    assert any(line[:2] == ["檢核結果", "須調整"] and line[6].startswith("有 2 項") for line in lines)
    assert any(line[0] == "受理期間" and line[1] and line[6] for line in lines)


def test_checking_writes_nothing(desk: CheckedClient, database: Session) -> None:
    def rows() -> dict[str, int]:
        return {
            name: database.scalar(select(func.count()).select_from(table)) or 0
            for name, table in Base.metadata.tables.items()
        }

    before = rows()
    asked(desk, TOO_MUCH)
    asked(desk, TOO_MUCH | {"apply": "1"})
    database.rollback()
    assert rows() == before


def test_a_form_made_by_hand_with_too_many_rows_is_read_as_far_as_there_may_be_rows(runtime: Runtime) -> None:
    form = read_form(AGAINST | {f"amount-{n}": "1" for n in range(1, 2000)} | {"kind-1": "other"})
    assert len(form.rows) == 50
    with pytest.raises(ValueError, match="第 2 列"):
        what_is_asked(form, runtime.knowledge)
