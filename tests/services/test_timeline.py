"""The history of a case: one chain of lines, and what makes an open form stale."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.models.account import Account
from helpdesk.models.case import Case, CaseEvent
from helpdesk.policy.events import HARMLESS, EventKind
from helpdesk.runtime import Runtime
from helpdesk.services.timeline import (
    ENQUIRER,
    FIRST_HASH,
    SYSTEM,
    StaleForm,
    acting,
    chained_hash,
    record,
    refuse_stale,
)
from tests import builders
from tests.conftest import NOW

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**9), 10**9) | st.text(st.characters(codec="utf-8"), max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abc", max_size=3), inner, max_size=3),
    max_leaves=5,
)  # fmt: skip


@pytest.fixture
def case(session: Session, runtime: Runtime) -> Case:
    return builders.case(session, runtime, now=NOW)


def lines(session: Session, case: Case) -> list[CaseEvent]:
    session.flush()
    found = select(CaseEvent).where(CaseEvent.case_id == case.id).order_by(CaseEvent.sequence)
    return list(session.scalars(found, execution_options={"populate_existing": True}))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(values=st.lists(JSON, min_size=1, max_size=4))
def test_whatever_a_line_holds_its_hash_is_the_same_after_the_database_kept_it(
    session: Session, case: Case, values: list[object]
) -> None:
    for value in values:
        record(session, case, EventKind.CASE_NOTED, actor=SYSTEM, now=NOW, value=value)
    previous = FIRST_HASH
    for place, line in enumerate(lines(session, case), start=1):
        assert (line.sequence, line.previous_hash) == (place, previous)
        assert chained_hash(line, case.number) == line.hash
        previous = line.hash
    assert case.event_hash == previous


def test_the_same_line_in_another_case_has_another_hash(session: Session, runtime: Runtime) -> None:
    made = [builders.case(session, runtime, now=NOW, text="嗯") for _ in range(2)]
    assert len({case.event_hash for case in made}) == 2


def test_a_line_names_who_did_it_also_when_the_account_is_renamed(
    session: Session, case: Case, agent: Account
) -> None:
    record(session, case, EventKind.CASE_NOTED, actor=acting(agent), now=NOW)
    agent.display_name = "改名"
    last = lines(session, case)[-1]
    assert (last.actor_name, last.actor_id) == ("專員甲", agent.id)


@pytest.mark.parametrize("kind", EventKind)
def test_a_form_is_stale_after_every_line_but_the_harmless_ones(
    session: Session, case: Case, kind: EventKind
) -> None:
    version = case.event_count
    record(session, case, kind, actor=ENQUIRER, now=NOW + timedelta(minutes=1))
    if kind in HARMLESS:
        refuse_stale(session, case, version)
    else:
        with pytest.raises(StaleForm) as stale:
            refuse_stale(session, case, version)
        assert [line.kind for line in stale.value.changes] == [kind]
    refuse_stale(session, case, case.event_count)
