"""What happens to an invented case, step by step in working time, until the present is reached."""

from collections.abc import Generator, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from sqlalchemy.orm import Session

from helpdesk.models.account import Account
from helpdesk.models.case import Case
from helpdesk.models.referral import Referral
from helpdesk.policy.business_time import due_at
from helpdesk.policy.lifecycle import CaseStatus
from helpdesk.policy.referral_lifecycle import DeclineReason, Outcome, ReferralEvent, Side
from helpdesk.runtime import Runtime
from helpdesk.services import casework, triage
from helpdesk.services.referrals import acting, offering
from helpdesk.services.timeline import Actor
from helpdesk.services.timeline import acting as actor_of
from knowledge_base.records.vocabulary import Category

TARGET = frozenset({Side.TARGET})
RECEIVED = "您好，已收到您的詢問，我們正在了解情況，接下來會直接回覆或安排合適的單位與您聯繫。"
ANSWERS = {
    Category.MEASURES: "您好，依您說的情況，目前可以參考的措施、金額和受理期限已整理如下，資格仍以計畫審查為準。",
    Category.PROBLEM: "您好，建議先做診斷：由專家到廠了解製程與用能，再提出改善建議。我們會協助安排。",
    Category.IMPROVEMENT: "您好，已了解您要改善的項目，我們會找合適的輔導團隊與您聯繫，並說明可搭配的補助。",
    Category.APPLICATION: "您好，這個步驟請先在系統選「申請計畫」，附件逐一上傳後再送出；需要時可電話一步步說明。",
    Category.OUT_OF_SCOPE: "您好，這件事不在本窗口的服務範圍，已為您查到主管單位，請逕向該單位洽詢。",
}
NEEDS = {
    Category.MEASURES: "請說明業者可申請的措施與目前的受理狀態。",
    Category.PROBLEM: "請安排到廠診斷，了解用能與製程，提出改善建議。",
    Category.IMPROVEMENT: "業者已知要改善的製程，請協助評估技術與時程。",
    Category.APPLICATION: "業者卡在申請程序，請協助確認文件與系統步驟。",
    Category.OUT_OF_SCOPE: "請協助確認是否為貴單位業務。",
}
OUTCOMES = {
    Category.PROBLEM: Outcome.DIAGNOSIS_DONE,
    Category.IMPROVEMENT: Outcome.ADVICE_GIVEN,
    Category.APPLICATION: Outcome.APPLICATION_SUBMITTED,
}


@dataclass
class Story:
    """One case on its way. `at` moves forward in working time; nothing happens after `present`."""

    session: Session
    runtime: Runtime
    random: Random
    agents: list[Account]
    case: Case
    true_category: Category
    at: datetime
    present: datetime
    account: Account = field(init=False)

    def __post_init__(self) -> None:
        self.account = self.case.assignee or self.random.choice(self.agents)

    def run(self) -> None:
        """Let the case go on until the present, or until it ends."""
        for _ in self._steps():
            pass

    def _later(self, low_hours: float, high_hours: float) -> bool:
        """Move on by some working time; tell whether that is still past."""
        pause = timedelta(hours=self.random.uniform(low_hours, high_hours))
        self.at = due_at(self.runtime.calendar, self.at, pause)
        return self.at <= self.present

    def _steps(self) -> Iterator[None]:
        if not self._later(0.2, 8):
            return
        self._sort()
        yield
        wants_referral = self.case.category not in {Category.OUT_OF_SCOPE, Category.MEASURES}
        if not wants_referral or self.random.random() < 0.25:
            yield from self._answer_and_resolve()
            return
        for _ in range(3):
            if not self._later(0.3, 6):
                return
            referral = self._offer()
            if referral is None:
                break
            yield
            accepted = yield from self._answer_of(referral)
            if accepted is None:
                return
            if accepted:
                yield from self._progress(referral)
                return
        yield from self._answer_and_resolve()

    def _sort(self) -> None:
        casework.assign(self.session, self.case, self.account, account=self.account, now=self.at)
        if self.random.random() < 0.85:
            casework.answer(
                self.session, self.case, RECEIVED, account=self.account, equipment=self.runtime, now=self.at
            )
        if self.case.category is not self.true_category:
            triage.sort_by_person(
                self.session, self.case, self.true_category,
                equipment=self.runtime, account=self.account, now=self.at,
            )  # fmt: skip

    def _offer(self) -> Referral | None:
        ranked = offering.propose(self.session, self.case, equipment=self.runtime, now=self.at).ranked
        if not ranked or self.case.category is None:
            return None
        return offering.offer(
            self.session, self.case, ranked[0].slug, need=NEEDS[self.case.category],
            actor=actor_of(self.account), equipment=self.runtime, now=self.at,
        )  # fmt: skip

    def _answer_of(self, referral: Referral) -> Generator[None, None, bool | None]:
        """Let the organisation answer; return True when it accepts, None when the present comes first."""
        if not self._later(2, 30):
            return None
        yield
        if self.random.random() < 0.8:
            self._event(referral, ReferralEvent.ACCEPT, {})
            return True
        reason = self.random.choice([DeclineReason.AT_CAPACITY, DeclineReason.OUT_OF_SCOPE])
        self._event(
            referral, ReferralEvent.DECLINE, {"reason": reason, "text": "目前排程已滿，請轉其他單位。"}
        )
        return False

    def _progress(self, referral: Referral) -> Iterator[None]:
        if not self._later(3, 30):
            return
        self._event(
            referral, ReferralEvent.START, {"contacted_at": self.at, "text": "已電話聯繫，約定訪視時間。"}
        )
        yield
        for text in ("已到廠訪視，蒐集用電與製程資料。", "完成初步分析，撰寫建議報告中。"):
            if not self._later(10, 80):
                return
            self._event(referral, ReferralEvent.PROGRESS, {"text": text})
            yield
        if not self._later(5, 60):
            return
        outcome = OUTCOMES.get(self.true_category, Outcome.ADVICE_GIVEN)
        figures = {"submitted_on": self.at.date().isoformat()}
        self._event(
            referral,
            ReferralEvent.COMPLETE,
            {"outcome": outcome, "text": "已提供建議報告並說明。", "figures": figures},
        )
        yield
        yield from self._answer_and_resolve()

    def _event(self, referral: Referral, event: ReferralEvent, given: dict[str, object]) -> None:
        name = self.runtime.knowledge.organisations[referral.organisation].short_name
        acting.apply(
            self.session, referral, event, given, sides=TARGET,
            actor=Actor(name), equipment=self.runtime, now=self.at,
        )  # fmt: skip

    def _answer_and_resolve(self) -> Iterator[None]:
        if not self._later(0.5, 10) or self.case.category is None:
            return
        asks = self.random.random() < 0.2 and self.case.status is CaseStatus.OPEN
        casework.answer(
            self.session, self.case, ANSWERS[self.case.category], asks=asks,
            account=self.account, equipment=self.runtime, now=self.at,
        )  # fmt: skip
        yield
        if asks:
            if not self._later(4, 40):
                return
            casework.hear(
                self.session,
                self.case,
                "補充：工廠在二樓，主要是用電的烘乾機。",
                equipment=self.runtime,
                now=self.at,
            )
            yield
        if not self._later(1, 12):
            return
        casework.resolve(
            self.session, self.case, summary="已說明處理結果，有需要可再留言。",
            account=self.account, equipment=self.runtime, now=self.at,
        )  # fmt: skip
        yield
        if self._later(20, 60):
            casework.close(self.session, self.case, actor=actor_of(self.account), now=self.at)
