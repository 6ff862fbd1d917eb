"""Which digests of broken promises were written: one for each slot, whoever writes it first."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from helpdesk.models.base import Base


class BreachDigest(Base):
    """The digest of one slot; `breaches` is how many promises it named."""

    __tablename__ = "breach_digest"

    slot_at: Mapped[datetime] = mapped_column(primary_key=True)
    written_at: Mapped[datetime]
    breaches: Mapped[int]
