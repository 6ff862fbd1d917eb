"""Which sections of the knowledge staff may edit, and how each is called."""

from __future__ import annotations

from collections.abc import Mapping

from ..loader import SECTIONS, Section

SECTION_WORDS: Mapping[str, str] = {
    "measures": "措施",
    "organisations": "單位",
    "criteria": "共用條件",
    "budget_rules": "經費規則",
    "courses": "課程",
    "faq": "常見問答",
    "success_cases": "成功案例",
    "briefings": "說明會",
    "nicknames": "暱稱",
}

REFERENCE_WORDS: Mapping[str, str] = {
    **SECTION_WORDS,
    "sources": "來源代碼",
    "regions": "服務區",
    "counties": "縣市",
    "sectors": "行業",
}
"""What a record may name in another section, as well."""

AMENDABLE: Mapping[str, Section] = {
    section.name: section for section in SECTIONS if section.name in SECTION_WORDS
}
"""By name, in the order of the files."""
