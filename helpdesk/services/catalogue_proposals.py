"""What may be changed about the catalogue, as proposals: records, an older edition again, a window closed early.

Looking at a proposal and putting it in force is `terms_changes`, as for every change of terms.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, false, select
from sqlalchemy.orm import Session

from helpdesk.models.amendment import CatalogueRecord, RecordedClosing, TermsChange
from helpdesk.models.referral import Referral
from helpdesk.models.service_clock import ServiceClock
from helpdesk.policy.catalogue_words import changes_in_words
from helpdesk.policy.service_terms import Amendments, Catalogue, TermsChangeKind, terms_under
from helpdesk.policy.window_closings import FIELD, WindowClosing, closing_in_words
from helpdesk.services.equipment import Equipment
from helpdesk.services.terms_in_force import amendments_in_force, as_closing, catalogue_of
from helpdesk.services.terms_proposals import NotInForce, Proposal
from knowledge_base.exchange.differences import differences
from knowledge_base.exchange.plain import stored
from knowledge_base.exchange.sections import AMENDABLE
from knowledge_base.knowledge import Knowledge, KnowledgeError, Problem
from knowledge_base.loader import amended
from knowledge_base.records.measures import Edition, Measure

LONGEST_ID = 60
"""What a case keeps of the measure that it asks about."""

Documents = Mapping[str, Mapping[str, Mapping[str, Any] | None]]
"""Records by section and id; None is the shipped one again."""


class NothingChanged(Exception):
    """What was given says what holds anyway."""


@dataclass(frozen=True, slots=True)
class Restored:
    """What an older edition is put back by. `kept` are the names of records that it did not have yet."""

    documents: Documents
    kept: tuple[str, ...]


def propose_catalogue(session: Session, raw: Catalogue, *, equipment: Equipment) -> Proposal:
    """Return the proposal to let these records hold: raw ones for JSON, by section and id.

    Raises KnowledgeError naming everything that does not agree, NothingChanged.
    """
    held = amendments_in_force(session, equipment.calendar.zone)
    documents = {section: deepcopy(dict(records)) for section, records in raw.items()}
    problems = list(_set_apart(documents, held, equipment.shipped))
    if problems:
        raise KnowledgeError(problems)
    return _proposed(documents, held, equipment, said="修改目錄")


def propose_edition(session: Session, version: int, *, equipment: Equipment) -> Proposal:
    """Return the proposal to put the records back that held at a version of the terms.

    What was recorded of windows stays, as do records and editions of measures added since. Raises
    KnowledgeError when those records no longer agree with what is shipped, NothingChanged.
    """
    held = amendments_in_force(session, equipment.calendar.zone)
    documents = restored(session, version, equipment=equipment).documents
    return _proposed(documents, held, equipment, said=f"目錄回到第 {version} 版")


def restored(session: Session, version: int, *, equipment: Equipment) -> Restored:
    """Return what it takes to have the records of a version again. Raises KnowledgeError."""
    then, now = catalogue_of(session, version), catalogue_of(session)
    was, held = amended(equipment.shipped, then), amended(equipment.shipped, now)
    documents: dict[str, dict[str, Mapping[str, Any] | None]] = defaultdict(dict)
    kept = []
    for section in AMENDABLE:
        for identity in {**then.get(section, {}), **now.get(section, {})}:
            target, present = getattr(was, section).get(identity), getattr(held, section).get(identity)
            if target is None:
                kept += [_name(present)] if present else []
            elif target != present:
                whole = _with_editions(target, present)
                own = then.get(section, {}).get(identity)
                documents[section][identity] = own if whole == target else stored(whole)
    return Restored(documents, tuple(kept))


def propose_window_closing(session: Session, closing: WindowClosing, *, equipment: Equipment) -> Proposal:
    """Return the proposal to record a closing that `window_closings` let pass."""

    def write(session: Session, change: TermsChange) -> None:
        session.add(
            RecordedClosing(
                measure=closing.measure, edition=closing.edition, kind=closing.kind, at=closing.at,
                recorded_in=change.id,
            )
        )  # fmt: skip

    held = amendments_in_force(session, equipment.calendar.zone)
    return Proposal(
        kind=TermsChangeKind.WINDOW_CLOSED,
        words=closing_in_words(closing, equipment.knowledge),
        amendments=replace(held, window_closings=(*held.window_closings, closing)),
        touching=false(),
        write=write,
    )


def propose_window_reopening(
    session: Session, recorded: RecordedClosing, *, equipment: Equipment
) -> Proposal:
    """Return the proposal to withdraw a recorded closing. Raises NotInForce when it was withdrawn before."""
    if recorded.withdrawn_in is not None:
        raise NotInForce("這筆紀錄已經撤回。")

    def write(_session: Session, change: TermsChange) -> None:
        recorded.withdrawn_in = change.id

    held, closing = amendments_in_force(session, equipment.calendar.zone), as_closing(recorded)
    return Proposal(
        kind=TermsChangeKind.WINDOW_REOPENED,
        words=f"撤回：{closing_in_words(closing, equipment.knowledge)}",
        amendments=replace(held, window_closings=tuple(c for c in held.window_closings if c != closing)),
        touching=false(),
        write=write,
    )


def _proposed(documents: Documents, held: Amendments, equipment: Equipment, *, said: str) -> Proposal:
    def write(session: Session, change: TermsChange) -> None:
        for section, records in documents.items():
            session.add_all(
                CatalogueRecord(
                    change_id=change.id,
                    section=section,
                    identity=identity,
                    document=document and dict(document),
                )
                for identity, document in records.items()
            )

    amendments = replace(held, catalogue=_laid_over(held.catalogue, documents))
    after = terms_under(equipment.shipped, amendments, equipment.terms.version + 1).knowledge
    problems = list(_refused(documents, equipment.knowledge, after))
    if problems:
        raise KnowledgeError(problems)
    changes = differences(equipment.knowledge, after)
    if not changes:
        raise NothingChanged("與現在的目錄相同，沒有要改的內容。")
    return Proposal(
        kind=TermsChangeKind.CATALOGUE_EDITED,
        words=f"{said}：{changes_in_words(changes)}",
        amendments=amendments,
        touching=_seated_elsewhere(equipment.knowledge, after),
        write=write,
    )


def _laid_over(held: Catalogue, documents: Documents) -> Catalogue:
    merged: dict[str, dict[str, Any]] = {section: dict(records) for section, records in held.items()}
    for section, records in documents.items():
        place = merged.setdefault(section, {})
        for identity, document in records.items():
            place.pop(identity, None)
            if document is not None:
                place[identity] = document
    return merged


def _set_apart(
    documents: Mapping[str, Mapping[str, Any]], held: Amendments, shipped: Knowledge
) -> Iterator[Problem]:
    """Take out of the documents what is not theirs: the instants that recorded closings laid over them.

    Yield a problem for each that a document would change: it is withdrawn where it was recorded.
    """
    own = amended(shipped, held.catalogue).measures
    for closing in held.window_closings:
        editions = documents.get("measures", {}).get(closing.measure, {}).get("editions", ())
        for window in (each["window"] for each in editions if each["key"] == closing.edition):
            field = FIELD[closing.kind]
            given = window.pop(field, None)
            if given is None or datetime.fromisoformat(given) != closing.at:
                key = f"measures[{closing.measure}].editions[{closing.edition}].window.{field}"
                said = closing_in_words(closing, shipped)
                reason = f"「{said}」記錄在「受理截止」，請到那裡撤回，不能用檔案修改"
                yield Problem(AMENDABLE["measures"].file, key, reason)
            beneath = getattr(_edition(own[closing.measure], closing.edition).window, field)
            if beneath is not None:
                window[field] = beneath.isoformat()


def _refused(documents: Documents, before: Knowledge, after: Knowledge) -> Iterator[Problem]:
    for section, records in documents.items():
        for identity in records:
            if len(identity) > LONGEST_ID:
                key = f"{section}[{identity}]"
                yield Problem(AMENDABLE[section].file, key, f"代碼最多 {LONGEST_ID} 個字元")
    for name, measure in before.measures.items():
        left = {edition.key for edition in after.measures[name].editions}
        for edition in measure.editions:
            if edition.key not in left:
                reason = f"年度版不能刪除：缺少 {edition.key}"
                yield Problem(AMENDABLE["measures"].file, f"measures[{name}]", reason)


def _seated_elsewhere(before: Knowledge, after: Knowledge) -> ColumnElement[bool]:
    """Return the clocks that wait for an organisation whose office moved: another county's closures stop them."""
    moved = [
        slug
        for slug, organisation in before.organisations.items()
        if organisation.seat != after.organisations[slug].seat
    ]
    if not moved:
        return false()
    theirs = select(Referral.id).where(Referral.organisation.in_(moved))
    return ServiceClock.referral_id.in_(theirs)


def _with_editions(target: Any, present: Any) -> Any:
    """Return a record with those editions of the present one that it does not have: none ever goes."""
    if not isinstance(target, Measure) or present is None:
        return target
    keys = {edition.key for edition in target.editions}
    added = tuple(edition for edition in present.editions if edition.key not in keys)
    return target.model_copy(update={"editions": (*target.editions, *added)}) if added else target


def _edition(measure: Measure, key: str) -> Edition:
    return next(edition for edition in measure.editions if edition.key == key)


def _name(record: Any) -> str:
    return str(getattr(record, "name", None) or getattr(record, "question", record))
