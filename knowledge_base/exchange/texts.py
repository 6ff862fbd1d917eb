"""The bytes of a text file as text; what is not UTF-8 is refused with what it looks like."""

from __future__ import annotations

from .file_problems import FileProblems

_AS_UTF8 = "請用記事本開啟，選「另存新檔」，編碼選 UTF-8，再上傳"


def text_of(content: bytes) -> str:
    """Return the text. Raises FileProblems naming the first line that is not UTF-8."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise FileProblems.of(f"看來是 UTF-16 編碼；{_AS_UTF8}", row=1)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        # the codec counts from behind the mark that utf-8-sig takes off, which holds no line break
        line = content[: error.start].count(b"\n") + 1
        looks = "看來是 Big5 編碼" if _is_big5(content) else "不是 UTF-8 編碼"
        raise FileProblems.of(f"這一行起{looks}；{_AS_UTF8}", row=line) from error


def _is_big5(content: bytes) -> bool:
    try:
        text = content.decode("cp950")
    except UnicodeDecodeError:
        return False
    return any("\u4e00" <= letter <= "\u9fff" for letter in text)
