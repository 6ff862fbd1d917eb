"""The model's figures as CSV."""

from flask import Response

from helpdesk.extensions import db
from helpdesk.policy.attainment import last_months, month_in_words
from helpdesk.policy.permissions import Permission
from helpdesk.policy.suggestion_quality import calibration, confusion
from helpdesk.queries.model_quality import case_groups
from helpdesk.web.access import requires
from helpdesk.web.admin import bp
from helpdesk.web.admin.model_versions import model_in_use
from helpdesk.web.csv_file import csv_file
from helpdesk.web.labels import label
from helpdesk.web.months import asked_month

CONFUSION = ("月份", "系統建議", "人員決定", "件數")
CALIBRATION = (
    "模型版本", "把握程度從", "把握程度到", "件數", "與最後類別一致", "平均把握程度", "一致率", "區間下限", "區間上限",
)  # fmt: skip


@bp.get("/model/confusion.csv")
@requires(Permission.MODEL_MANAGE)
def export_confusion() -> Response:
    """Send what persons decided beside what was suggested, in each month of the year up to the one asked for."""
    month = asked_month()
    groups = case_groups(db.session(), month)
    rows = [
        (month_in_words(each), label(suggested), label(final), cases)
        for each in last_months(month)
        for (suggested, final), cases in sorted(confusion(g for g in groups if g.month == each).items())
    ]
    return csv_file(f"model-confusion-year-to-{month:%Y-%m}", CONFUSION, rows)


@bp.get("/model/calibration.csv")
@requires(Permission.MODEL_MANAGE)
def export_calibration() -> Response:
    """Send how often the model in use was right, by how sure it was."""
    month, version = asked_month(), model_in_use().version
    bins = calibration(each for each in case_groups(db.session(), month) if each.version == version)
    rows = [
        (version, each.low, each.high, each.right.total, each.right.hits, round(each.said, 4),
         round(each.right.value or 0.0, 4), *(round(bound, 4) for bound in each.right.interval))
        for each in bins
    ]  # fmt: skip
    return csv_file(f"model-calibration-year-to-{month:%Y-%m}", CALIBRATION, rows)
