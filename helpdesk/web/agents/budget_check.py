"""Holding a budget against the rules of a measure: rule by rule, what to change, how the subsidy is paid."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue

from helpdesk.policy.budget import BudgetReport, check
from helpdesk.policy.budget_change import LineChange
from helpdesk.policy.field_problems import FieldProblems
from helpdesk.policy.instalments import Schedule, instalments
from helpdesk.policy.permissions import Permission
from helpdesk.web.access import requires
from helpdesk.web.agents import bp
from helpdesk.web.agents.budget_form import Asked, BudgetForm, budgeted_editions, read_form, what_is_asked
from helpdesk.web.agents.citations import cited
from helpdesk.web.csv_file import csv_file
from helpdesk.web.installation import equipment
from helpdesk.web.labels import label
from helpdesk.web.presentation import choices
from helpdesk.web.transaction import reads
from knowledge_base.records.budgets import PaymentOption
from knowledge_base.records.vocabulary import ItemKind, Theme

COLUMNS = ("規定", "結果", "金額", "限額", "須調整", "說明", "出處", "出處註記")


@dataclass(frozen=True, slots=True)
class Checked:
    """A report with what it is about: changed lines by row, and the ways of payment of `paid_ntd`.

    What is paid is the subsidy once the budget complies.
    """

    asked: Asked
    report: BudgetReport
    changes: tuple[tuple[int, LineChange], ...]
    paid_ntd: int
    schedules: tuple[tuple[PaymentOption, Schedule], ...]


@bp.get("/budget")
@requires(Permission.KNOWLEDGE_READ)
def budget() -> ResponseReturnValue:
    """Show the empty form, for the rules that the address names."""
    return _screen(read_form(request.args))


@bp.post("/budget")
@requires(Permission.KNOWLEDGE_READ)
@reads
def check_budget() -> ResponseReturnValue:
    """Show how the rows stand against the rules; on demand with more rows, or changed so that they comply."""
    form, knowledge = read_form(request.form), equipment().knowledge
    if "more" in request.form:
        return _screen(form.with_more_rows(), first_new=len(form.rows) + 1)
    try:
        asked = what_is_asked(form, knowledge)
    except FieldProblems as refusal:
        return _screen(form, problems=refusal.problems), 422
    if "apply" in request.form:
        asked = replace(asked, lines=tuple(each.after for each in checked(asked).report.complying))
    # The rows are written anew, so that the numbers of the report are theirs.
    return _screen(form.filled_with(asked.lines), checked(asked))


@bp.post("/budget.csv")
@requires(Permission.KNOWLEDGE_READ)
@reads
def export_budget() -> ResponseReturnValue:
    """Send the verdicts as a file; rows that cannot be read are shown with what is wrong."""
    form, knowledge = read_form(request.form), equipment().knowledge
    try:
        return _file(checked(what_is_asked(form, knowledge)))
    except FieldProblems as refusal:
        return _screen(form, problems=refusal.problems), 422


def checked(asked: Asked) -> Checked:
    """Return how what is asked stands against its rules."""
    report = check(
        asked.lines, asked.budgeted.rules, theme=asked.theme, partner_count=asked.partner_count
    )  # fmt: skip
    paid = sum(change.after.subsidy_ntd for change in report.complying)
    options = asked.budgeted.rules.payment_options
    return Checked(
        asked,
        report,
        tuple((row, each) for row, each in enumerate(report.complying, 1) if each.before != each.after),
        paid,
        tuple((option, instalments(paid, option)) for option in options),
    )


def _file(found: Checked) -> Response:
    report, budgeted = found.report, found.asked.budgeted
    sources = equipment().knowledge.sources
    totals = (
        ("計畫總經費", report.total_ntd),
        ("申請補助", report.subsidy_ntd),
        ("自籌款", report.self_fund_ntd),
        ("最多可申請補助", report.largest_subsidy_ntd),
    )
    return csv_file(
        f"budget-{budgeted.measure.id}-{budgeted.edition.key}",
        COLUMNS,
        [
            *((words, None, amount, None, None, None, None, None) for words, amount in totals),
            *(
                (
                    verdict.rule,
                    label(verdict.outcome),
                    verdict.figure_ntd,
                    verdict.limit_ntd,
                    verdict.move_ntd,
                    verdict.sentence,
                    sources[verdict.origin.source].title,
                    "；".join(filter(None, ("" if verdict.origin.checked else "假設", verdict.origin.note))),
                )
                for verdict in report.verdicts
            ),
        ],
    )


def _screen(
    form: BudgetForm,
    found: Checked | None = None,
    *,
    problems: Mapping[str, str] | None = None,
    first_new: int | None = None,
) -> str:
    knowledge = equipment().knowledge
    return render_template(
        "agents/budget.html",
        form=form,
        found=found,
        problems=problems or {},
        first_new=first_new,
        editions=[
            (each.key, f"{each.measure.name}（{each.edition.key} 年）")
            for each in budgeted_editions(knowledge)
        ],
        kinds=choices(ItemKind),
        themes=choices(Theme),
        sources=cited([found.asked.budgeted.rules], knowledge) if found else {},
    )
