"""`flask demo`: filling a database with invented cases, and the accounts to look at them with."""

from datetime import datetime, timedelta
from random import Random

import click
from flask import current_app
from flask.cli import AppGroup
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from helpdesk import clock, rounds
from helpdesk.commands.demo.invention import contact, enterprise, inquiries
from helpdesk.commands.demo.stories import Story
from helpdesk.commands.progress_bar import progress
from helpdesk.extensions import db
from helpdesk.models.account import Account
from helpdesk.models.case import Case
from helpdesk.policy.business_time import due_at
from helpdesk.policy.permissions import Role
from helpdesk.policy.submission import Submission
from helpdesk.runtime import Runtime, prevailing, runtime_of
from helpdesk.services import accounts, intake
from helpdesk.services.terms_in_force import Hold
from knowledge_base.records.vocabulary import Category, Channel, Fact, OrganisationKind, Theme, Urgency

group = AppGroup("demo", help="Invented data to look at.")

PASSWORD = "demo-0800-000-257"  # noqa: S105 - printed for everybody, for invented data alone
DOMAIN = "demo.example"
PEOPLE: tuple[tuple[str, str, Role, str | None], ...] = (
    ("agent", "專員 林示範", Role.AGENT, None),
    ("agent2", "專員 陳示範", Role.AGENT, None),
    ("supervisor", "督導 王示範", Role.SUPERVISOR, None),
    ("admin", "管理者 張示範", Role.ADMINISTRATOR, None),
    ("itri", "工研院 窗口示範", Role.PARTNER, "itri"),
    ("pmc", "精機中心 窗口示範", Role.PARTNER, "pmc"),
    ("mirdc", "金工中心 窗口示範", Role.PARTNER, "mirdc"),
    ("plan", "個案補助計畫 窗口示範", Role.PARTNER, "plan_idb10"),
)
CHANNELS = ((Channel.HOTLINE, 5), (Channel.MOBILE_FORM, 4), (Channel.API, 1))
BATCH = 50
LONGEST_AGO = timedelta(days=60)
JUST_IN = 0.08


@group.command("load")
@click.option("--cases", default=120, show_default=True, type=click.IntRange(1))
@click.option("--seed", default=1, show_default=True)
@click.option("--only-when-new", is_flag=True, help="Do nothing when there are cases or accounts already.")
def load(cases: int, seed: int, only_when_new: bool) -> None:
    """Make N varied cases through the real services; the same seed, the same stories."""
    runtime = runtime_of(current_app)
    if only_when_new and db.session.scalars(select(Account.id).limit(1)).first() is not None:
        return
    db.session.remove()
    sessions = sessionmaker(db.engine)
    with sessions.begin() as session:
        _people(session, runtime)
    asked = inquiries()
    random, present = Random(seed), clock.now()  # noqa: S311 - stories, not secrets
    with progress("示範案件") as report:
        for first in range(0, cases, BATCH):
            with sessions.begin() as session:
                equipment = prevailing(runtime, session, Hold.SHARED)
                agents = list(session.scalars(select(Account).where(Account.role == Role.AGENT)))
                for number in range(first, min(first + BATCH, cases)):
                    _case(session, equipment, random, agents, asked, f"demo:{seed}:{number}", number, present)
            report(min(first + BATCH, cases), cases)
    for make_round in rounds.PROMISES:
        make_round(sessions, runtime)
    click.echo(f"已建立 {cases} 件示範案件。")


@group.command("accounts")
def demo_accounts() -> None:
    """Print the demonstration accounts that exist."""
    known = set(db.session.scalars(select(Account.email).where(Account.email.endswith(f"@{DOMAIN}"))))
    if known:
        click.echo(f"示範帳號（密碼都是 {PASSWORD}）：")
    for name, words, _, _ in PEOPLE:
        if f"{name}@{DOMAIN}" in known:
            click.echo(f"  {name}@{DOMAIN:<14} {words}")


def _people(session: Session, runtime: Runtime) -> None:
    for name, words, role, organisation in PEOPLE:
        email = f"{name}@{DOMAIN}"
        if session.scalars(select(Account.id).where(Account.email == email)).first() is None:
            accounts.add_account(
                session, email=email, display_name=words, role=role, password=PASSWORD,
                organisation=organisation, equipment=runtime, now=clock.now(),
            )  # fmt: skip


def _case(
    session: Session,
    runtime: Runtime,
    random: Random,
    agents: list[Account],
    asked: list[tuple[Category, str]],
    key: str,
    number: int,
    present: datetime,
) -> Case:
    """Open one case some working time ago and let its story run up to the present."""
    category, text = random.choice(asked)
    channel = random.choices([c for c, _ in CHANNELS], weights=[w for _, w in CHANNELS])[0]
    just_in = random.random() < JUST_IN
    opened_at = _instant(random, runtime, present, just_in=just_in)
    consent = frozenset(OrganisationKind) if random.random() < 0.85 else frozenset()
    measure = _measure(random, runtime, category)
    # The windows are closed: most who ask about these measures were granted one and need the office for the rest.
    granted = measure is not None and random.random() < 0.8
    submission = Submission(
        channel=channel,
        text=text,
        idempotency_key=key,
        enterprise=enterprise(random, runtime.knowledge),
        contact=contact(random, number),
        theme=random.choice([Theme.LOW_CARBON, Theme.SMART, None]),
        measure=measure,
        urgency=Urgency.URGENT if random.random() < 0.06 else Urgency.NORMAL,
        consent=consent,
        facts={Fact.ALREADY_SUBSIDISED_UNDER_PROGRAMME.value: True} if granted else {},
    )
    agent = random.choice(agents) if channel is Channel.HOTLINE else None
    received = intake.receive(session, submission, equipment=runtime, now=opened_at, agent=agent)
    if received.is_new and not just_in:
        Story(session, runtime, random, agents, received.case, category, opened_at, present).run()
    return received.case


def _instant(random: Random, runtime: Runtime, present: datetime, *, just_in: bool) -> datetime:
    """Return when the case was opened: just now, or within the past weeks, more of them lately."""
    if just_in:
        return present - timedelta(minutes=random.uniform(2, 45))
    moment = present - LONGEST_AGO * float(random.random() ** 1.6)
    if random.random() < 0.85:
        moment = due_at(runtime.calendar, moment, timedelta(minutes=random.uniform(1, 240)))
    return min(moment, present - timedelta(minutes=random.uniform(3, 50)))


def _measure(random: Random, runtime: Runtime, category: Category) -> str | None:
    if category is not Category.APPLICATION:
        return None
    return random.choice(
        [m for m in runtime.knowledge.measures if m in {"idb10_mfg_case", "sme9_mfg_case", "idb_big_small"}]
    )
