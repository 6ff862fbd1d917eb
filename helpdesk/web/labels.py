"""The words on the screen for every member of every closed set."""

from collections.abc import Mapping
from enum import StrEnum

from helpdesk.models.call import CallState
from helpdesk.policy.attainment import Dimension
from helpdesk.policy.budget_verdicts import BudgetOutcome
from helpdesk.policy.case_answers import AnswerGround
from helpdesk.policy.conversation import MessageKind
from helpdesk.policy.deadlines import ClockState
from helpdesk.policy.delivery import DeliveryState
from helpdesk.policy.disclosure import Disclosure
from helpdesk.policy.drift import DriftState
from helpdesk.policy.eligibility import Eligibility
from helpdesk.policy.events import EventKind
from helpdesk.policy.finding.findable import FoundKind
from helpdesk.policy.labelling import PickReason
from helpdesk.policy.lifecycle import CaseEvent, CaseStatus
from helpdesk.policy.matching import MatchGroup
from helpdesk.policy.notices import Audience, Happening, MessageChannel
from helpdesk.policy.permissions import Role
from helpdesk.policy.referral_lifecycle import DeclineReason, Outcome, ReferralEvent, ReferralStatus, Side
from helpdesk.policy.routing import Exclusion
from helpdesk.policy.service_terms import TermsChangeKind
from helpdesk.policy.triage_decision import Basis
from helpdesk.policy.window_closings import WindowClosingKind
from helpdesk.queries.case_queue import QueueView
from helpdesk.queries.model_drift import DriftMeasure
from knowledge_base.records import vocabulary as known
from knowledge_base.words import WORDS
from triage_model.promotions import Way
from triage_model.store import Standing

LABELS: Mapping[type[StrEnum], Mapping[str, str]] = {
    **WORDS,
    CaseStatus: {
        "to_sort": "待分類",
        "open": "處理中",
        "referred": "轉介中",
        "waiting": "待業者回覆",
        "resolved": "已解決",
        "closed": "已結案",
    },
    CaseEvent: {
        "sort": "分類",
        "offer": "轉介",
        "hand_back": "交回服務窗口",
        "ask": "請業者補充",
        "hear": "收到業者來訊",
        "resolve": "解決",
        "reopen": "重新開啟",
        "close": "結案",
    },
    ReferralStatus: {
        "draft": "草稿",
        "offered": "轉介等待中",
        "accepted": "已受案",
        "in_progress": "處理中",
        "on_hold": "暫停中",
        "returned": "已退回",
        "completed": "轉介完成",
        "declined": "不受案",
        "referred_on": "建議再轉",
        "expired": "逾期未回應",
        "recalled": "已收回",
        "failed": "轉介失敗",
        "cancelled": "已取消",
        "reclaimed": "督導收回",
        "voided": "已作廢",
    },
    ReferralEvent: {
        "offer": "轉介",
        "accept": "受案",
        "decline": "不受案",
        "return": "退回補件",
        "refer_on": "建議再轉",
        "expire": "逾期",
        "recall": "收回",
        "resubmit": "再次轉介",
        "start": "已聯繫業者",
        "progress": "記錄進度",
        "hold": "暫停",
        "resume": "恢復處理",
        "complete": "完成",
        "fail": "無法完成",
        "cancel": "取消",
        "reclaim": "督導收回",
        "void": "作廢",
    },
    DeclineReason: {
        "not_eligible": "業者資格不符",
        "out_of_scope": "不在服務範圍",
        "at_capacity": "目前量能已滿",
        "out_of_area": "不在服務地區",
        "already_served": "已在輔導中",
        "conflict_of_interest": "有利益衝突",
        "unreachable": "聯絡不到業者",
        "other": "其他",
    },
    Outcome: {
        "advice_given": "已提供諮詢",
        "diagnosis_done": "已完成診斷",
        "inventory_done": "已完成碳盤查",
        "verification_done": "已完成查證",
        "application_submitted": "已送出申請",
        "approved": "已核定",
        "rejected_by_programme": "未獲核定",
        "applicant_withdrew": "業者不再需要",
        "no_contact": "無法聯繫業者",
    },
    Side: {"desk": "服務窗口", "target": "受轉介單位", "system": "系統", "supervisor": "督導"},
    Role: {"agent": "專員", "supervisor": "督導", "partner": "合作單位人員", "administrator": "管理者"},
    known.Category: {
        "measures": "不瞭措施",
        "problem": "不知問題",
        "improvement": "不會改善",
        "application": "不會申請",
        "out_of_scope": "其他",
    },
    known.Channel: {
        "hotline": "專線",
        "mobile_form": "服務申請表",
        "web": "網頁",
        "sms": "簡訊",
        "email": "電子郵件",
        "api": "系統介接",
    },
    known.Urgency: {"normal": "一般", "urgent": "急件"},
    known.Metric: {
        "callback": "回撥",
        "first_response": "首次回應",
        "triage": "分類派案",
        "referral_acceptance": "單位受案",
        "first_contact": "首次聯繫業者",
        "progress": "進度回報",
        "resolution": "解決",
    },
    Eligibility: {"eligible": "初步符合", "not_eligible": "不符合", "need_more_info": "尚缺資料"},
    MatchGroup: {
        "eligible": "初步符合",
        "need_more_info": "尚缺資料",
        "not_eligible": "不符合",
        "not_open": "未開放",
    },
    BudgetOutcome: {
        "pass": "符合",
        "fail": "須調整",
        "undecided": "尚不能判定",
        "not_applicable": "不適用",
        "note": "參考",
    },
    FoundKind: {
        "measure": "措施",
        "organisation": "單位",
        "question": "常見問答",
        "success_case": "成功案例",
        "course": "課程",
        "briefing": "說明會",
        "document": "文件",
    },
    known.WindowState: {
        "not_yet_open": "尚未開放",
        "open": "受理中",
        "closed_by_date": "已截止",
        "closed_by_funds": "經費用罄",
    },
    known.ConsentItem: {
        "company_basics": "企業基本資料",
        "contact": "聯絡方式",
        "emissions_data": "排放與用能資料",
        "documents": "上傳的文件",
        "call_notes": "諮詢紀錄",
    },
    ClockState: {
        "running": "進行中",
        "due_soon": "即將到期",
        "breached": "已逾期",
        "paused": "暫停計時",
        "met": "如期完成",
        "met_late": "逾期完成",
        "cancelled": "不再計時",
    },
    Dimension: {"category": "類別", "organisation": "單位", "channel": "管道"},
    Basis: {
        "model_sure": "系統判斷",
        "model_unsure": "系統沒有把握",
        "out_of_scope": "可能不屬本窗口",
        "contradicted": "與業者所選不同",
        "blind": "盲評樣本，先由人員判斷",
        "person": "人工判斷",
    },
    DriftMeasure: {
        "categories": "類別的分布",
        "abstained": "沒有把握的比率",
        "unknown": "沒有學過的字詞",
        "overruled": "改判率",
    },
    DriftState: {"too_few": "樣本不足", "steady": "穩定", "look": "留意", "act": "處理"},
    PickReason: {"narrow": "兩類之間難取捨", "random": "隨機抽出"},
    Standing: {"shipped": "隨系統提供", "passed": "通過比較", "refused": "未通過比較"},
    Way: {"release": "隨系統啟用", "promotion": "啟用", "rollback": "退回"},
    Exclusion: {
        "inactive": "目前不提供服務",
        "theme": "主題不符",
        "sector": "不服務這個行業",
        "county": "不服務這個縣市",
        "size": "員工人數不在服務範圍",
        "measure": "不承辦這項措施",
        "full": "量能額滿",
        "no_consent": "業者未同意轉介給這類單位",
        "already_offered": "本案已轉介過",
        "impartiality": "公正性迴避",
        "unchecked_scope": "認證範圍未確認",
        "not_eligible": "所承辦的措施資格不符",
        "window": "措施未開放受理",
    },
    Disclosure: {"nothing": "不顯示", "preview": "預覽", "packet": "完整資料", "receipt": "收據"},
    MessageKind: {"answer": "回覆", "question": "請業者補充", "enquirer": "業者來訊", "note": "內部註記"},
    MessageChannel: {"sms": "簡訊", "email": "電子郵件", "person": "人工電話"},
    DeliveryState: {
        "created": "待送出",
        "sending": "送出中",
        "sent": "已送出",
        "delivered": "已送達",
        "temporary_failure": "稍後重送",
        "permanent_failure": "無法送達",
        "technical_failure": "需人工確認",
        "cancelled": "已取消",
    },
    Audience: {
        "enquirer": "業者",
        "assignee": "承辦專員",
        "organisation": "受轉介單位",
        "supervisors": "督導",
    },
    Happening: {
        "case_opened": "收件通知",
        "answer_given": "回覆通知",
        "case_resolved": "解決通知",
        "enquirer_wrote": "業者來訊通知",
        "referral_offered": "轉介通知",
        "referral_accepted": "受案通知",
        "referral_back": "轉介退回通知",
        "referral_ended": "轉介完成通知",
        "due_soon": "即將到期提醒",
        "reminder": "提醒單位",
        "breached": "逾期通知",
        "breach_digest": "逾期摘要",
    },
    TermsChangeKind: {
        "closure_declared": "宣告停班",
        "closure_withdrawn": "撤回停班",
        "calendar_imported": "匯入辦公日曆",
        "levels_set": "調整時效",
        "knowledge_released": "知識庫更新",
        "catalogue_edited": "修改目錄",
        "window_closed": "記錄截止",
        "window_reopened": "撤回截止",
    },
    AnswerGround: {"own": "本案措施", "referral": "轉介", "known": "資料足以判斷"},
    WindowClosingKind: {"funds_exhausted": "經費用罄", "closed_early": "提前截止"},
    QueueView: {
        "unfinished": "未結",
        "to_sort": "待分類",
        "mine": "我的",
        "unassigned": "未指派",
        "referred": "轉介中",
        "waiting": "待業者回覆",
        "overdue": "已逾期",
        "resolved": "已解決",
    },
    CallState: {
        "menu": "選單中",
        "ringing": "轉接中",
        "answered": "已接聽",
        "voicemail": "已留言",
        "abandoned": "未接通",
        "ended": "已結束",
    },
    EventKind: {
        "case.opened": "收到來件",
        "case.sorted": "分類",
        "case.assigned": "指派",
        "case.details": "更正案件資料",
        "case.facts": "記下資格資料",
        "case.answered": "回覆業者",
        "case.asked": "請業者補充",
        "case.noted": "內部註記",
        "case.heard": "業者來訊",
        "case.resolved": "解決",
        "case.closed": "結案",
        "case.reopened": "重新開啟",
        "file.added": "新增檔案",
        "file.downloaded": "下載檔案",
        "consent.given": "同意轉介",
        "consent.withdrawn": "撤回同意",
        "call.reached": "已回電聯繫到業者",
        "call.attempted": "回電未接通",
        "referral.offered": "轉介",
        "referral.accepted": "受案",
        "referral.declined": "不受案",
        "referral.returned": "退回",
        "referral.referred_on": "建議再轉",
        "referral.expired": "逾期未回應",
        "referral.recalled": "收回轉介",
        "referral.started": "已聯繫業者",
        "referral.progress": "進度",
        "referral.held": "暫停",
        "referral.resumed": "恢復處理",
        "referral.completed": "轉介完成",
        "referral.failed": "轉介失敗",
        "referral.cancelled": "取消轉介",
        "referral.reclaimed": "督導收回",
        "referral.voided": "作廢",
        "referral.viewed": "單位查閱",
        "clock.due_soon": "即將到期",
        "clock.breached": "逾期",
        "clock.moved": "到期時間變更",
        "rating.given": "業者評價",
    },
}


def label(member: StrEnum) -> str:
    """Return the words for a member. Raises KeyError for one that has none."""
    return LABELS[type(member)][member.value]
