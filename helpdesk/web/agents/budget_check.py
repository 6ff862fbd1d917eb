"""Holding a budget against the rules of a measure: rule by rule, what to change, how the subsidy is paid."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue

from helpdesk import clock
from helpdesk.policy.answer_texts import window_in_words
from helpdesk.policy.budget import BudgetReport, check
from helpdesk.policy.budget_change import LineChange
from helpdesk.policy.field_problems import FieldProblems
from helpdesk.policy.instalments import Schedule, instalments
from helpdesk.policy.permissions import Permission
from helpdesk.web.access import requires
from helpdesk.web.agents import bp
from helpdesk.web.agents.budget_form import (
    Asked,
    BudgetForm,
    budgeted_editions,
    read_form,
    what_is_asked,
    where_needed,
)
from helpdesk.web.agents.citations import cited
from helpdesk.web.csv_file import csv_file
from helpdesk.web.installation import equipment
from helpdesk.web.labels import label
from helpdesk.web.presentation import choices
from helpdesk.web.transaction import reads
from knowledge_base.lookup import window_state
from knowledge_base.records.budgets import PaymentOption
from knowledge_base.records.provenance import Origin
from knowledge_base.records.vocabulary import Fact, ItemKind, Theme, WindowState

COLUMNS = ("規定", "結果", "數額", "限額", "須調整", "單位", "說明", "出處", "出處註記")


@dataclass(frozen=True, slots=True)
class Checked:
    """A report with what it is about: the window now, changed lines by row, and the ways of payment.

    What is paid is the subsidy once the budget complies, as far as it is sure.
    """

    asked: Asked
    report: BudgetReport
    window: WindowState
    window_words: str
    changes: tuple[tuple[int, LineChange], ...]
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
    edition, rules = asked.budgeted.edition, asked.budgeted.rules
    report = check(asked.lines, rules, theme=asked.theme, partner_count=asked.partner_count)
    state = window_state(edition, clock.now())
    return Checked(
        asked,
        report,
        state,
        window_in_words(edition, state, brief=True),
        tuple((row, each) for row, each in enumerate(report.complying, 1) if each.before != each.after),
        tuple((option, instalments(report.sure_ntd, option)) for option in rules.payment_options),
    )


def _file(found: Checked) -> Response:
    report, budgeted = found.report, found.asked.budgeted
    return csv_file(
        f"budget-{budgeted.measure.id}-{budgeted.edition.key}",
        COLUMNS,
        [
            *((words, None, amount, None, None, "元", None, None, None) for words, amount in _totals(report)),
            ("檢核結果", label(report.outcome), None, None, None, None, report.headline, None, None),
            ("受理期間", label(found.window), None, None, None, None, found.window_words, None, None),
            *(
                (
                    verdict.rule,
                    label(verdict.outcome),
                    verdict.figure,
                    verdict.limit,
                    verdict.move,
                    verdict.unit,
                    verdict.sentence,
                    *_source(verdict.origin),
                )
                for verdict in report.verdicts
            ),
        ],
    )


def _totals(report: BudgetReport) -> Iterator[tuple[str, int]]:
    yield "計畫總經費", report.total_ntd
    yield "申請補助", report.subsidy_ntd
    yield "自籌款", report.self_fund_ntd
    yield "這些項目最多可申請補助", report.largest_subsidy_ntd
    if report.relief:
        yield "超過比率的科目須減列", report.relief.cut_ntd
        yield "減列後最多可申請補助", report.relief.subsidy_after_cut_ntd
        yield "不減列則其他科目須自籌增列", report.relief.growth_ntd
        yield "增列後最多可申請補助", report.relief.subsidy_after_growth_ntd
    if report.largest_otherwise_ntd is not None:
        yield "比率採另一讀法，最多可申請補助", report.largest_otherwise_ntd


def _source(origin: Origin) -> tuple[str, str]:
    marks = ("" if origin.checked else "假設", origin.note)
    return equipment().knowledge.sources[origin.source].title, "；".join(filter(None, marks))


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
        needed={fact.value: where_needed(fact, knowledge) for fact in (Fact.THEME, Fact.PARTNER_COUNT)},
        sources=cited([found.asked.budgeted.rules], knowledge) if found else {},
    )
