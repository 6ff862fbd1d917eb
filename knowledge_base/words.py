"""What the closed sets of the data are called: on screens, in spreadsheets and in the directory export."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from .records import Capacity, ItemKind, MeasureKind, Operator, OrganisationKind, RuleSection, Theme
from .records.references import FaqTopic

WORDS: Mapping[type[StrEnum], Mapping[str, str]] = {
    MeasureKind: {"subsidy": "補助", "counselling": "輔導", "loan": "貸款", "course": "課程"},
    Theme: {"low_carbon": "低碳化", "smart": "智慧化"},
    RuleSection: {
        "subsidised_items": "補助標的",
        "budget_items": "經費科目",
        "self_fund": "自籌款",
        "amount": "補助金額",
        "submission": "申請方式",
        "documents": "申請文件",
        "review": "審查流程",
        "payment": "撥款作業",
        "execution": "執行期間",
    },
    FaqTopic: {
        "eligibility": "資格",
        "amount": "補助金額",
        "budget": "經費編列",
        "application": "申請",
        "review": "審查",
        "payment": "撥款",
        "window": "受理期間",
        "counselling": "診斷輔導",
        "training": "人才培訓",
        "loan": "貸款",
        "carbon": "碳盤查",
        "verification": "查驗證",
        "tariff": "關稅支持",
        "desk": "服務窗口",
        "privacy": "個人資料",
    },
    OrganisationKind: {
        "counselling_team": "輔導團隊",
        "subsidy_contact": "補助計畫窗口",
        "verification_body": "碳盤查驗證單位",
    },
    Capacity: {"open": "可受案", "waitlist": "需候補", "full": "額滿"},
    ItemKind: {
        "consumables": "消耗性器材及原材料費",
        "new_equipment": "全新設備之購置費",
        "equipment_improvement": "既有設備之改善費",
        "commissioned": "委託研究或驗證費",
        "personnel": "人事費",
        "intangible": "無形資產引進費",
        "domestic_travel": "國內差旅費",
        "other": "其他",
    },
    Operator: {
        "==": "等於",
        "!=": "不等於",
        "<": "小於",
        "<=": "至多",
        ">": "大於",
        ">=": "至少",
        "in": "是其中之一",
        "not_in": "不是其中之一",
    },
}
