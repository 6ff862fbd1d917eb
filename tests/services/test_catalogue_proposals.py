"""The catalogue as the desk edits it: records over the shipped ones, older editions, windows that closed."""

from copy import deepcopy
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.models.account import Account
from helpdesk.models.amendment import CatalogueRecord, RecordedClosing
from helpdesk.models.case import Case
from helpdesk.models.service_clock import ServiceClock
from helpdesk.policy.window_closings import WindowClosing, WindowClosingKind
from helpdesk.runtime import Runtime, prevailing
from helpdesk.services import catalogue_proposals, terms_proposals
from helpdesk.services.catalogue_proposals import NothingChanged
from helpdesk.services.terms_in_force import Hold, catalogue_of
from knowledge_base.exchange.plain import stored
from knowledge_base.knowledge import KnowledgeError
from knowledge_base.lookup import edition
from knowledge_base.records.measures import TAIPEI
from knowledge_base.records.vocabulary import Metric
from tests import builders
from tests.conftest import NOW
from tests.services.putting_in_force import DAY, WEDNESDAY, apply, closed

MEASURE, KEY = "sbir", "115"
EXHAUSTED = WindowClosing(
    MEASURE, KEY, WindowClosingKind.FUNDS_EXHAUSTED, datetime(2026, 2, 2, 17, tzinfo=TAIPEI)
)


def raw(
    runtime: Runtime, section: str = "measures", identity: str = MEASURE, **changes: Any
) -> dict[str, Any]:
    return {section: {identity: {**stored(getattr(runtime.knowledge, section)[identity]), **changes}}}


def edit(session: Session, runtime: Runtime, documents: dict[str, Any]) -> Runtime:
    return apply(
        session,
        runtime,
        lambda held: catalogue_proposals.propose_catalogue(session, documents, equipment=held),
    )[1]


def close(session: Session, runtime: Runtime, closing: WindowClosing = EXHAUSTED) -> Runtime:
    return apply(
        session,
        runtime,
        lambda held: catalogue_proposals.propose_window_closing(session, closing, equipment=held),
    )[1]


def put_back(session: Session, runtime: Runtime, version: int) -> Runtime:
    return apply(
        session, runtime, lambda held: catalogue_proposals.propose_edition(session, version, equipment=held)
    )[1]


def window(runtime: Runtime) -> Any:
    return edition(runtime.knowledge.measures[MEASURE], KEY).window


def test_an_edited_record_lies_over_the_shipped_one_and_the_newest_holds(
    session: Session, runtime: Runtime
) -> None:
    once = edit(session, runtime, raw(runtime, summary="一"))
    twice = edit(session, runtime, raw(once, summary="二"))
    assert once.knowledge.measures[MEASURE].summary == "一"
    assert twice.knowledge.measures[MEASURE].summary == "二"
    assert (twice.terms.version, twice.shipped) == (2, runtime.shipped)
    assert list(twice.knowledge.measures) == list(runtime.knowledge.measures)
    rows = session.scalars(select(CatalogueRecord).order_by(CatalogueRecord.change_id)).all()
    assert [(row.change_id, row.document["summary"]) for row in rows] == [(1, "一"), (2, "二")]


def test_a_record_is_added_and_the_change_says_its_name(session: Session, runtime: Runtime) -> None:
    added = raw(runtime, id="sbir_new", name="新的措施", listed_no=None)["measures"][MEASURE]
    change, after = apply(
        session,
        runtime,
        lambda held: catalogue_proposals.propose_catalogue(
            session, {"measures": {"sbir_new": added}}, equipment=held
        ),
    )
    assert change.words == "修改目錄：新增措施 1 筆（新的措施）"
    assert after.knowledge.measures["sbir_new"].name == "新的措施"


def test_what_holds_anyway_is_no_change(session: Session, runtime: Runtime) -> None:
    with pytest.raises(NothingChanged):
        catalogue_proposals.propose_catalogue(session, raw(runtime), equipment=runtime)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"editions": []}, "至少要有一項"),
        ({"successor": "nobody"}, "nobody"),
        ({"id": "other"}, "應為"),
        ({"unknown": 1}, "不認得的鍵"),
    ],
)
def test_records_that_do_not_agree_are_refused_with_the_place(
    session: Session, runtime: Runtime, change: dict[str, Any], words: str
) -> None:
    with pytest.raises(KnowledgeError, match=words) as refusal:
        catalogue_proposals.propose_catalogue(session, raw(runtime, **change), equipment=runtime)
    assert refusal.value.problems[0].key.startswith(f"measures[{MEASURE}]")


def test_a_years_edition_never_disappears(session: Session, runtime: Runtime) -> None:
    document = raw(runtime)
    document["measures"][MEASURE]["editions"].pop(0)
    with pytest.raises(KnowledgeError, match="年度版不能刪除：缺少 114"):
        catalogue_proposals.propose_catalogue(session, document, equipment=runtime)


def test_an_id_longer_than_a_case_keeps_is_refused(session: Session, runtime: Runtime) -> None:
    name = "m" * 61
    added = raw(runtime, id=name, listed_no=None)["measures"][MEASURE]
    with pytest.raises(KnowledgeError, match="代碼最多 60 個字元"):
        catalogue_proposals.propose_catalogue(session, {"measures": {name: added}}, equipment=runtime)


def test_an_office_that_moves_brings_its_clocks_under_the_closures_of_the_new_county(
    session: Session, runtime: Runtime, agent: Account
) -> None:
    offered = {}
    for slug in ("pmc", "mirdc"):  # 臺中市, 高雄市
        made = builders.sorted_case(session, runtime, account=agent, now=NOW)
        offered[slug] = builders.offered(session, runtime, made, account=agent, now=NOW, organisation=slug)
    _, held = apply(
        session,
        runtime,
        lambda held: terms_proposals.propose_closure(
            session, closed(WEDNESDAY, WEDNESDAY + DAY, "花蓮縣"), equipment=held
        ),
    )

    def acceptance(slug: str) -> ServiceClock:
        made = session.get_one(Case, offered[slug].case_id)
        return builders.clock_of(session, made, Metric.REFERRAL_ACCEPTANCE)

    before = {slug: acceptance(slug).due_at for slug in offered}
    after = edit(session, runtime, raw(held, "organisations", "pmc", seat="花蓮縣"))
    assert acceptance("pmc").due_at == before["pmc"] + DAY
    assert acceptance("mirdc").due_at == before["mirdc"]
    assert acceptance("pmc").county == "花蓮縣"
    put_back(session, after, 1)
    assert acceptance("pmc").due_at == before["pmc"]


def test_going_back_to_an_edition_puts_its_records_back_and_keeps_what_was_added_since(
    session: Session, runtime: Runtime
) -> None:
    first = edit(session, runtime, raw(runtime, summary="一"))
    document = raw(first, summary="二")
    newer = deepcopy(document["measures"][MEASURE]["editions"][-1]) | {"key": "116"}
    newer["window"] |= {"opens_at": "2027-01-01T00:00:00+08:00", "closes_at": "2027-06-30T23:59:59+08:00"}
    document["measures"][MEASURE]["editions"].append(newer)
    added = raw(runtime, id="sbir_new", name="新的措施", listed_no=None)["measures"][MEASURE]
    document["measures"]["sbir_new"] = added
    second = edit(session, first, document)
    assert catalogue_proposals.restored(session, 1, equipment=second).kept == ("新的措施",)
    third = put_back(session, second, 1)
    measure = third.knowledge.measures[MEASURE]
    assert (measure.summary, [each.key for each in measure.editions]) == ("一", ["114", "115", "116"])
    assert "sbir_new" in third.knowledge.measures
    fourth = put_back(session, third, 0)
    assert fourth.knowledge.measures[MEASURE].summary == runtime.knowledge.measures[MEASURE].summary
    with pytest.raises(NothingChanged):
        catalogue_proposals.propose_edition(session, 0, equipment=fourth)


def test_a_record_put_back_to_the_shipped_one_follows_the_next_release(
    session: Session, runtime: Runtime
) -> None:
    edit(session, runtime, raw(runtime, summary="一"))
    put_back(session, runtime, 0)
    assert catalogue_of(session) == {}
    assert catalogue_of(session, 1)["measures"][MEASURE]["summary"] == "一"


def test_a_recorded_closing_closes_the_window_and_withdrawing_it_opens_it_again(
    session: Session, runtime: Runtime
) -> None:
    shut = close(session, runtime)
    assert window(shut).funds_exhausted_at == EXHAUSTED.at
    recorded = session.scalars(select(RecordedClosing)).one()
    change, reopened = apply(
        session,
        runtime,
        lambda held: catalogue_proposals.propose_window_reopening(session, recorded, equipment=held),
    )
    assert window(reopened) == window(runtime)
    assert (recorded.recorded_in, recorded.withdrawn_in) == (1, change.id)
    with pytest.raises(terms_proposals.NotInForce, match="已經撤回"):
        catalogue_proposals.propose_window_reopening(session, recorded, equipment=reopened)


def test_a_closing_stays_a_fact_of_its_own_when_the_record_is_edited(
    session: Session, runtime: Runtime
) -> None:
    shut = close(session, runtime)
    edited = edit(session, shut, raw(shut, summary="一"))
    assert window(edited).funds_exhausted_at == EXHAUSTED.at
    row = session.scalars(select(CatalogueRecord)).one()
    assert "funds_exhausted_at" not in row.document["editions"][-1]["window"]
    recorded = session.scalars(select(RecordedClosing)).one()
    _, reopened = apply(
        session,
        runtime,
        lambda held: catalogue_proposals.propose_window_reopening(session, recorded, equipment=held),
    )
    assert window(reopened).funds_exhausted_at is None
    assert reopened.knowledge.measures[MEASURE].summary == "一"


def test_a_file_neither_takes_a_recorded_closing_back_nor_moves_it(
    session: Session, runtime: Runtime
) -> None:
    shut = close(session, runtime)
    for given in (None, "2026-02-03T17:00:00+08:00"):
        document = raw(shut)
        changed = document["measures"][MEASURE]["editions"][-1]["window"]
        changed.pop("funds_exhausted_at")
        changed |= {"funds_exhausted_at": given} if given else {}
        with pytest.raises(KnowledgeError, match="請到那裡撤回"):
            catalogue_proposals.propose_catalogue(session, document, equipment=shut)


def test_a_release_with_which_records_and_closings_no_longer_agree_is_refused_naming_them_all(
    session: Session, runtime: Runtime
) -> None:
    close(session, edit(session, runtime, raw(runtime, successor="siir")))
    measures = {k: v for k, v in runtime.shipped.measures.items() if k != "siir"}
    released = replace(runtime, shipped=replace(runtime.shipped, measures=measures), _newest={})
    with pytest.raises(KnowledgeError, match="siir"):
        prevailing(released, session, Hold.NOT)
    sbir = runtime.shipped.measures[MEASURE]
    gone = {**measures, MEASURE: sbir.model_copy(update={"editions": sbir.editions[:1]})}
    session.delete(session.scalars(select(CatalogueRecord)).one())
    released = replace(runtime, shipped=replace(runtime.shipped, measures=gone), _newest={})
    with pytest.raises(KnowledgeError, match="服務窗口記錄的經費用罄：目錄已經沒有這個年度版"):
        prevailing(released, session, Hold.NOT)


def test_the_closing_is_not_part_of_an_older_editions_records(session: Session, runtime: Runtime) -> None:
    first = edit(session, runtime, raw(runtime, summary="一"))
    shut = close(session, first)
    again = put_back(session, shut, 0)
    assert window(again).funds_exhausted_at == EXHAUSTED.at
