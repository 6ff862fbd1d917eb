"""What free text may hold: lengths, control characters, width. Meaning is not judged here."""

import re
import unicodedata

MAX_TEXT = 5_000
MAX_LINE = 120

_CONTROL = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]"
)
_SURROGATE = re.compile(r"[\ud800-\udfff]")


class BadText(ValueError):
    """The text cannot be kept as it is; the message says why, for the person who typed it."""


def clean_text(text: str, *, limit: int = MAX_TEXT) -> str:
    """Return the text for work: newlines unified, control characters gone, ends trimmed.

    What was received stays verbatim beside it. Raises BadText when longer than `limit` characters.
    """
    unified = text.replace("\r\n", "\n").replace("\r", "\n")
    cleaned = _SURROGATE.sub("", _CONTROL.sub("", unified)).strip()
    if len(cleaned) > limit:
        raise BadText(f"最多 {limit:,} 個字，現在有 {len(cleaned):,} 個字，請縮短後再送出。")
    return cleaned


def check_text(raw: str) -> str:
    """Return the text for work. Raises BadText for an empty or oversized one."""
    text = clean_text(raw)
    if not text:
        raise BadText("這裡不能空白，請用一兩句話寫下內容。")
    return text


def clean_line(text: str, *, limit: int = MAX_LINE) -> str:
    """Return one line: as `clean_text`, with every run of white space made a single space."""
    visible = _CONTROL.sub("", re.sub(r"\s", " ", text))
    return clean_text(re.sub(" +", " ", visible), limit=limit)


def folded(text: str) -> str:
    """Return what was typed into a short field for reading: full-width figures and signs made plain, ends trimmed."""
    return unicodedata.normalize("NFKC", text).strip()


def comparable_name(name: str) -> str:
    """Return the form in which two enterprise names are compared.

    Width and case are folded, 臺 becomes 台, legal forms and white space go. No longer than
    `MAX_LINE`: folding can spell one character out as eighteen.
    """
    folded = re.sub(r"\s+", "", unicodedata.normalize("NFKC", name)).lower().replace("臺", "台")
    for legal_form in ("股份有限公司", "有限公司", "商行", "企業社"):
        folded = folded.removesuffix(legal_form) or folded
    return folded[:MAX_LINE]


def first_line(text: str, *, limit: int = 40) -> str:
    """Return the text's first `limit` characters on one line, with an ellipsis where it was cut."""
    line = re.sub(r"\s+", " ", text).strip()
    return line if len(line) <= limit else line[: limit - 1] + "…"
