"""The worker: a process of its own that delivers the outbox, sweeps the clocks and fetches recordings.

Wake-ups may be lost, repeated or late; the periodic rounds find what none reached. Run with
`huey_consumer helpdesk.worker.huey` (see `script/server`).
"""

import logging
import os
from functools import cache

from huey import SqliteHuey, crontab
from sqlalchemy import create_engine
from sqlalchemy.orm import Session, sessionmaker

from helpdesk import rounds
from helpdesk import runtime as equipment
from helpdesk.database import tune
from helpdesk.settings import Settings, from_env

log = logging.getLogger(__name__)

QUEUE_FILE = "wake_ups.sqlite"


@cache
def _settings() -> Settings:
    return from_env(os.environ)


huey = SqliteHuey("single-window", filename=str(_settings().instance / QUEUE_FILE), fsync=False)


@cache
def _workshop() -> tuple[sessionmaker[Session], equipment.Runtime]:
    """Return what the rounds need, made once in this process."""
    engine = create_engine(_settings().database_url, hide_parameters=True)
    tune(engine)
    return sessionmaker(engine, expire_on_commit=False), equipment.build(_settings())


@huey.task()  # type: ignore[untyped-decorator]
def deliver_now() -> dict[str, int]:
    """Deliver the outbox: the wake-up after a commit that filled it."""
    return rounds.deliver(*_workshop())


@huey.periodic_task(crontab(minute="*"))  # type: ignore[untyped-decorator]
def every_minute() -> dict[str, int]:
    """Watch over the promises, deliver what that and lost wake-ups left in the outbox, fetch recordings.

    A round that fails keeps no other from being made.
    """
    counts: dict[str, int] = {}
    for make_round in (*rounds.PROMISES, rounds.deliver, rounds.fetch_recordings):
        try:
            counts |= make_round(*_workshop())
        except Exception:
            log.exception("round failed: %s", make_round.__name__)
    return counts
