"""What may be attached: kinds told by content, sizes, names. Where files are kept is a gateway's matter."""

import re
import unicodedata
from collections.abc import Mapping
from pathlib import PurePosixPath

from helpdesk.policy.text_rules import clean_line

MAX_BYTES = 10 * 1024 * 1024
MAX_FILES = 5

SIGNATURES: Mapping[str, tuple[re.Pattern[bytes], tuple[str, ...]]] = {
    "application/pdf": (re.compile(rb"%PDF-"), (".pdf",)),
    "image/jpeg": (re.compile(rb"\xff\xd8\xff"), (".jpg", ".jpeg")),
    "image/png": (re.compile(rb"\x89PNG\r\n\x1a\n"), (".png",)),
    "image/webp": (re.compile(rb"RIFF.{4}WEBP", re.DOTALL), (".webp",)),
    "application/zip": (re.compile(rb"PK\x03\x04"), (".docx", ".xlsx", ".pptx", ".odt", ".ods", ".odp")),
}
ACCEPT = ",".join(ending for _, endings in SIGNATURES.values() for ending in endings)


class BadUpload(ValueError):
    """The file cannot be taken; the message says why, for the person who chose it."""


def check_upload(filename: str, content: bytes) -> tuple[str, str]:
    """Return the safe file name and the content type told by the content, not by what was claimed.

    Raises BadUpload for an empty, oversized or unknown kind of file.
    """
    name = safe_filename(filename)
    if not content:
        raise BadUpload(f"「{name}」是空的檔案，請重新選擇。")
    if len(content) > MAX_BYTES:
        raise BadUpload(f"「{name}」超過 10 MB，請縮小或拍照後再上傳。")
    for content_type, (start, endings) in SIGNATURES.items():
        if start.match(content) and name.lower().endswith(endings):
            return name, content_type
    raise BadUpload(
        f"「{name}」不是可接受的檔案。請上傳 PDF、照片（JPG、PNG、WebP）或 Word、Excel、ODF 文件。"
    )


def safe_filename(filename: str) -> str:
    """Return the last part of the name without control or path characters, at most 100 characters.

    The ending stays; 檔案 when nothing is left.
    """
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", filename))[-1]
    cleaned = PurePosixPath(re.sub(r'[<>:"|?*]', "", clean_line(last, limit=len(last))).strip(" ."))
    return f"{cleaned.stem[:90]}{cleaned.suffix[:10]}" or "檔案"
