"""Every way in which a record can be wrong names the file, the key and the reason."""

from collections.abc import Callable

import pytest

from knowledge_base.knowledge import Problem

Breaking = Callable[..., tuple[Problem, ...]]

BREAKS = [
    # file, replaced, by, key, part of the reason
    ("courses.yaml", "name: CEO班", "nme: CEO班", "courses[ceo].nme", "不認得的鍵"),
    ("courses.yaml", "name: CEO班", "nme: CEO班", "courses[ceo].name", "缺少必填的鍵"),
    ("courses.yaml", "fee_ntd: 0", 'fee_ntd: "0"', "courses[ceo].fee_ntd", "應為整數"),
    ("courses.yaml", "fee_ntd: 0", "fee_ntd: -1", "courses[ceo].fee_ntd", "須至少為 0"),
    ("courses.yaml", "duration_days: 0.5", "duration_days: 0.3", "courses[ceo].duration_days", "0.5 的倍數"),
    ("courses.yaml", "theme: low_carbon", "theme: green", "courses[ceo].theme", "low_carbon"),
    ("courses.yaml", "id: lecture", "id: ceo", "courses[ceo]", "識別碼重複"),
    ("courses.yaml", "name: CEO班", "name: A\n    name: B", "courses[ceo].name", "鍵重複"),
    (
        "courses.yaml",
        "prerequisite: seed",
        "prerequisite: sead",
        "courses[advanced].prerequisite",
        "「sead」",
    ),
    ("courses.yaml", "checked: true", "checked: yep", "courses[ceo].origin.checked", "true 或 false"),
    ("courses.yaml", "source: seed", "source: gossip", "courses[ceo].origin.source", "「gossip」"),
    ("courses.yaml", "courses:", "classes:", "classes", "不認得的鍵"),
    (
        "calendar.yaml",
        "source: general,",
        "source: gossip,",
        "calendar.field_origins.make_up.source",
        "「gossip」",
    ),
    ("calendar.yaml", "source: general,", "", "calendar.field_origins.make_up.source", "缺少必填的鍵"),
    (
        "measures.yaml",
        "      window: {source: general",
        "      window: {source: gossip",
        "measures[idb_diagnosis].editions[112].field_origins.window.source",
        "「gossip」",
    ),
    ("courses.yaml", "courses:", "classes:", "courses", "缺少必填的鍵"),
    ("courses.yaml", "courses:", "courses: [", "", "YAML 語法錯誤"),
    (
        "measures.yaml",
        "opens_at: 2023-04-17",
        "opens_at: 2024-04-17",
        "measures[idb10_mfg_case].editions[112].window",
        "結束早於開始",
    ),
    (
        "measures.yaml",
        "closes_at: 2023-12-20T23:59:59+08:00",
        "closes_at: 2023-12-20T23:59:59",
        "measures[sme9_mfg_case].editions[112].window.closes_at",
        "附時區",
    ),
    (
        "measures.yaml",
        "closes_at: 2023-12-20T23:59:59+08:00",
        "closes_at: 2023-12-20",
        "measures[sme9_mfg_case].editions[112].window.closes_at",
        "時刻與時區",
    ),
    (
        "measures.yaml",
        "enterprise_ntd: 300000",
        "enterprise_ntd: 200000",
        "measures[trade_digital_dev].editions[112].amounts[0]",
        "不等於總額",
    ),
    (
        "measures.yaml",
        'number: 02-2709-0638, extensions: ["211"',
        "number: 02-2709-0638, extensions: [211",
        "measures[idb10_mfg_case].hotlines[0].extensions[0]",
        "應為文字",
    ),
    (
        "measures.yaml",
        "number: 0800-888-968",
        "number: 888-968",
        "measures[sme9_mfg_case].hotlines[0].number",
        "格式",
    ),
    (
        "measures.yaml",
        "successor: factory_rd",
        "successor: x",
        "measures[managed_factory_base].successor",
        "「x」",
    ),
    ("measures.yaml", 'key: "114"', 'key: "112"', "measures[idb10_mfg_case]", "年度版重複"),
    (
        "measures.yaml",
        "      apply_url: {source: bip_newsletter",
        "      aply_url: {source: bip_newsletter",
        "measures[sme9_mfg_case]",
        "aply_url",
    ),
    ("organisations.yaml", "region: 北部", "region: 北區", "organisations[itri].region", "「北區」"),
    ("organisations.yaml", "sectors: [塑橡膠]", "sectors: [塑膠]", "organisations[pidc].sectors", "「塑膠」"),
    (
        "organisations.yaml",
        "    measures: [idb_big_small]\n",
        "",
        "organisations[plan_big_small]",
        "須列出所承辦的措施",
    ),
    ("regions.yaml", "臺北市, region: 北部", "臺北市, region: 西部", "counties[臺北市].region", "「西部」"),
    ("regions.yaml", "id: 新北市", "id: 臺北市", "counties[臺北市]", "識別碼重複"),
    ("sectors.yaml", "光電, 通訊", "光電, 食品", "sectors[民生化工].sectors", "已屬於 電子資訊"),
    ("categories.yaml", "- id: problem", "- id: worry", "categories[worry].id", "problem"),
    ("categories.yaml", "- id: problem", "- id: worry", "categories", "缺少「problem」"),
    (
        "routing.yaml",
        "organisations: [pmc]",
        "organisations: [pcm]",
        "routing_rules[lead_central].then.organisations",
        "「pcm」",
    ),
    (
        "routing.yaml",
        "organisations: [pmc]",
        "organisations: [bsi]",
        "routing_rules[lead_central].then.organisations",
        "不是 counselling_team",
    ),
    ("routing.yaml", "sectors: [食品]", "sectors: [飲料]", "routing_rules[food].when.sectors", "「飲料」"),
    (
        "service_levels.yaml",
        "match: {category: measures}",
        "match: {category: problem}",
        "policies[resolution_problem]",
        "同樣具體",
    ),
    (
        "service_levels.yaml",
        "match: {category: measures}",
        "match: {channel: hotline}",
        "policies[resolution_application]",
        "同樣具體",
    ),
    ("service_levels.yaml", "metric: triage", "metric: progress", "policies(triage)", "目前：沒有"),
    ("service_levels.yaml", "metric: triage", "metric: progress", "policies(progress)", "triage、progress"),
    (
        "service_levels.yaml",
        "target: {working_days: 1.0}",
        "target: {working_days: 1.0, working_hours: 2.0}",
        "policies[callback].target",
        "恰好寫一種單位",
    ),
    (
        "service_levels.yaml",
        "match: {category: measures}",
        "match: {organisation: nobody}",
        "policies[resolution_measures].match.organisation",
        "「nobody」",
    ),
    ("calendar.yaml", 'closes: "18:00"', "closes: 18:00", "calendar.opening[0].closes", "加引號"),
    ("calendar.yaml", 'closes: "18:00"', 'closes: "08:00"', "calendar.opening[0]", "結束早於開始"),
    ("calendar.yaml", "weekday: tue", "weekday: mon", "calendar", "時段重疊"),
    ("calendar.yaml", "Asia/Taipei", "Asia/Taibei", "calendar.zone", "不是時區"),
    (
        "consents.yaml",
        "- id: verification_body",
        "- id: subsidy_contact",
        "consents",
        "缺少「verification_body」",
    ),
    ("consents.yaml", "  rights:", "  wrongs:", "privacy_notice.rights", "缺少必填的鍵"),
    ("office_calendar.csv", "2023-02-04,yes", "2023-02-31,yes", "office_days[2023-02-31].on", ""),
    (
        "office_calendar.csv",
        "2023-02-04,yes",
        "2023-02-04,maybe",
        "office_days[2023-02-04].working_day",
        "true 或 false",
    ),
    ("office_calendar.csv", "2023-02-04", "2023-01-07", "office_days[2023-01-07]", "識別碼重複"),
    ("office_calendar.csv", ",cal_2024", ",cal_1911", "office_days[2024-02-17].source", "「cal_1911」"),
    ("office_calendar.csv", ",cal_2024", "", "", "應有 4 欄"),
    ("office_calendar.csv", "date,", "day,", "", "第一行應為"),
]


@pytest.mark.parametrize(("file", "old", "new", "key", "reason"), BREAKS)
def test_a_fault_is_reported_with_file_key_and_reason(
    broken: Breaking, *, file: str, old: str, new: str, key: str, reason: str
) -> None:
    problems = broken(file, old, new)
    assert any(p.file == file and p.key == key and reason in p.reason for p in problems), problems


def test_a_reference_to_a_faulty_record_is_not_a_second_fault(broken: Breaking) -> None:
    problems = broken("courses.yaml", "name: 種子班", "name: 3")
    assert [problem.key for problem in problems] == ["courses[seed].name"]
