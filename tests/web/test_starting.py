"""Starting with a database: what the desk amended must agree with what is shipped, and is read only when it can be."""

from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from helpdesk.app import create_app
from helpdesk.models.amendment import CatalogueRecord, RecordedClosing, TermsChange, TermsVersion
from helpdesk.policy.service_terms import TermsChangeKind
from helpdesk.policy.window_closings import WindowClosingKind
from helpdesk.runtime import Runtime
from helpdesk.settings import Settings
from knowledge_base.exchange.plain import stored
from knowledge_base.knowledge import KnowledgeError
from tests.conftest import NOW


def test_a_release_with_which_the_desks_records_do_not_agree_does_not_start_and_names_each(
    app: Flask, settings: Settings, database: Session, runtime: Runtime
) -> None:
    database.add(
        TermsChange(
            id=1,
            kind=TermsChangeKind.CATALOGUE_EDITED,
            words="x",
            reason="x",
            actor_name="x",
            at=NOW,
            moved=0,
        )
    )
    database.flush()
    wrong = {**stored(runtime.knowledge.measures["sbir"]), "successor": "gone", "alternatives": ["away"]}
    database.add(CatalogueRecord(change_id=1, section="measures", identity="sbir", document=wrong))
    version = database.get_one(TermsVersion, 1)
    version.version, version.token = 1, "starting"
    database.commit()
    with pytest.raises(KnowledgeError) as refusal:
        create_app(replace(settings, database_url=app.config["SQLALCHEMY_DATABASE_URI"]), runtime)
    assert len(refusal.value.problems) == 2
    assert "gone" in str(refusal.value)
    assert "away" in str(refusal.value)


def test_a_closing_whose_edition_is_no_longer_shipped_does_not_start(
    app: Flask, settings: Settings, database: Session, runtime: Runtime
) -> None:
    database.add(
        TermsChange(
            id=1, kind=TermsChangeKind.WINDOW_CLOSED, words="x", reason="x", actor_name="x", at=NOW, moved=0
        )
    )
    database.flush()
    database.add(
        RecordedClosing(
            measure="sbir", edition="99", kind=WindowClosingKind.CLOSED_EARLY, at=NOW, recorded_in=1
        )
    )
    version = database.get_one(TermsVersion, 1)
    version.version, version.token = 1, "closing"
    database.commit()
    with pytest.raises(KnowledgeError, match="服務窗口記錄的提前截止：目錄已經沒有這個年度版"):
        create_app(replace(settings, database_url=app.config["SQLALCHEMY_DATABASE_URI"]), runtime)


def test_a_database_that_is_not_migrated_yet_can_be_started_to_migrate_it(
    settings: Settings, runtime: Runtime, tmp_path: Path
) -> None:
    empty = replace(settings, instance=tmp_path, database_url=f"sqlite:///{tmp_path / 'empty.sqlite'}")
    assert create_app(empty, runtime)
