"""How well the model sorts: its figures, month by month, whether they drift, what to sort next."""

from collections.abc import Sequence
from datetime import datetime

from flask import render_template
from flask.typing import ResponseReturnValue

from helpdesk import clock
from helpdesk.extensions import db
from helpdesk.policy.attainment import last_months, month_in_words
from helpdesk.policy.permissions import Permission
from helpdesk.policy.suggestion_quality import (
    CaseGroup,
    Gap,
    Share,
    agreement,
    calibration,
    calibration_error,
    confusion,
    corrections,
    gap,
    quality,
)
from helpdesk.policy.time_in_words import TAIPEI
from helpdesk.queries.label_queue import label_queue
from helpdesk.queries.model_drift import Drift, drifts
from helpdesk.queries.model_quality import case_groups
from helpdesk.web.access import requires
from helpdesk.web.admin import bp
from helpdesk.web.admin.model_versions import InUse, model_in_use
from helpdesk.web.months import asked_month, month_choices
from knowledge_base.records.vocabulary import Category
from triage_model import store
from triage_model.artefact import ArtefactError

CORRECTIONS_SHOWN = 8


@bp.get("/model")
@requires(Permission.MODEL_MANAGE)
def model() -> ResponseReturnValue:
    """Show the model in use and what became of suggestions in a month and the year up to it."""
    month, now, in_use = asked_month(), clock.now(), model_in_use()
    groups = case_groups(db.session(), month)
    months = {each: [group for group in groups if group.month == each] for each in last_months(month)}
    bins = calibration(each for each in groups if each.version == in_use.version)
    return render_template(
        "admin/model.html",
        in_use=in_use,
        month=f"{month:%Y-%m}",
        month_name=month_in_words(month),
        choices=month_choices(month),
        categories=Category,
        confusion=confusion(months[month]),
        of_month=quality(months[month]),
        months=[(month_in_words(each), quality(of_month)) for each, of_month in months.items()],
        corrections=corrections(groups)[:CORRECTIONS_SHOWN],
        span=[(each, month_in_words(each)) for each in reversed(months)],
        bins=bins,
        calibration_error=calibration_error(bins),
        drifts=_drifts(in_use, now),
        anchoring=[_anchoring(groups, abstained=abstained) for abstained in (True, False)],
        queue=label_queue(db.session(), day=now.astimezone(TAIPEI).date()),
    )


def _drifts(in_use: InUse, now: datetime) -> list[Drift]:
    """Return the drift of the model in use; nothing of one that cannot be loaded, which the page says."""
    if in_use.version is None:
        return []
    try:
        loaded = store.load(in_use.version)
    except ArtefactError:
        return []
    return drifts(db.session(), in_use.version, unknown_share=loaded.unknown_share, now=now)


def _anchoring(groups: Sequence[CaseGroup], *, abstained: bool) -> tuple[bool, Share, Share, Gap | None]:
    """Return how often persons agree with a suggestion that they see, with one that is hidden, and the gap."""
    shown, blind = (agreement(groups, blind=hidden, abstained=abstained) for hidden in (False, True))
    return abstained, shown, blind, gap(shown, blind)
