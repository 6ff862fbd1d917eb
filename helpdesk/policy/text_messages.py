"""What a text message in Taiwan may hold, how long it is and when it may go out."""

import re
import unicodedata
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

SINGLE_SEGMENT = 70
LONG_SEGMENT = 67
OPENS, CLOSES = time(8, 30), time(20, 0)
_LINK_OR_PHONE = re.compile(
    r"https?:|[a-z\d-]+\.[a-z]{2,}|(?<![\d-])\(?(?:\+?886|0)[\d() -]{7,}", re.ASCII | re.IGNORECASE
)
_ZONE = ZoneInfo("Asia/Taipei")


class UnregisteredContent(ValueError):
    """The text holds a link or a phone number that the carriers would block."""


def check_text_message(text: str) -> str:
    """Return the text when carriers pass it on.

    Every name with a dot counts as a link: short addresses come with any ending.
    Raises UnregisteredContent. Source: NCC, commercial texts with links or phone numbers
    must be registered (113/11/18); case numbers are neither.
    """
    read = re.sub(r"C\d{3}-\d{6,}-\d", "", unicodedata.normalize("NFKC", text))
    found = _LINK_OR_PHONE.search(read)
    if found:
        raise UnregisteredContent(f"簡訊不得含未登錄的網址或電話：{found.group().strip()}")
    return text


def segments(text: str) -> int:
    """Return how many UCS-2 segments the text takes: 70 characters fit one, then 67 each."""
    units = len(text.encode("utf-16-be")) // 2
    return 1 if units <= SINGLE_SEGMENT else -(-units // LONG_SEGMENT)


def next_sending_instant(now: datetime) -> datetime:
    """Return `now`, or the next 08:30 in Taipei when it lies outside 08:30-20:00."""
    local = now.astimezone(_ZONE)
    if OPENS <= local.time() < CLOSES:
        return now
    day = local.date() if local.time() < OPENS else local.date() + timedelta(days=1)
    return datetime.combine(day, OPENS, _ZONE)
