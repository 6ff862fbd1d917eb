"""What the first sheet of a workbook says to the person who fills it in."""

from __future__ import annotations

from collections.abc import Iterator

from ..knowledge import Knowledge
from .sections import AMENDABLE, SECTION_WORDS
from .sheets import sheets

_ADVICE = (
    ("怎麼改", "直接改儲存格，存成 XLSX 後上傳。上傳後先看差異，確認才生效。"),
    (
        "沒有列出的",
        "沒有放在檔案裡的措施、單位等維持不變；一筆資料裡少掉的列會視為刪除。"
        "不改的措施，它在每張工作表的列要一起刪掉。",
    ),
    ("整張工作表", "不改的工作表可以整張刪掉，內容維持不變。留著的工作表，欄位一欄都不能少，也不能改名。"),
    (
        "子工作表",
        "年度版、金額、資格條件、規則、主題各列以代碼（與年度版）對到所屬的措施。"
        "措施有列出而子工作表沒有它的列，表示沒有這些內容。",
    ),
    ("年度版", "已有的年度版不能刪除，只能修改或新增。"),
    (
        "日期時刻",
        "寫成 2025-03-20 18:00:00 或 114/3/20 18:00（臺北時間），一定要有時刻；"
        "公告只寫日期者，截止寫 23:59:59。",
    ),
    ("是非", "填 是 或 否。"),
    ("金額", "新臺幣元，整數；可以有千分位逗號，也可以寫 600萬、1億2,000萬元。"),
    ("多項內容", "代碼、縣市、行業以「、」或換行分隔；申請文件、專長、電子郵件一行一項。"),
    ("電話", "一行一支，分機寫在 # 之後：02-2709-0638#211、212。"),
    (
        "資格條件",
        "一列一個節點。編號 1 是最外層，1.1、1.2 是它的下一層，1.2.1 再下一層；"
        "類型為 全部、任一、非、條件、共用條件。"
        "條件填 條件代碼、事實、比較、值、說明文字；共用條件只填共用條件的代碼。每項條件都要有來源。",
    ),
    ("來源", "填來源代碼（見下方）；已查證填 否 者是假設，畫面會標示「假設」。"),
    ("欄位出處", "某一欄的來源與整筆不同時，在「欄位出處」另列一列；年度版欄空白表示措施本身的欄位。"),
    ("公式", "不接受公式、合併儲存格與巨集；請貼上值。"),
)


def help_rows(knowledge: Knowledge) -> Iterator[tuple[str, str]]:
    """Yield the rows: advice, what is edited as YAML only, the codes of the sources."""
    yield "說明", "本活頁簿怎麼填寫"
    yield from _ADVICE
    shown = {sheet.section for sheet in sheets(knowledge)}
    for section in AMENDABLE:
        if section not in shown:
            yield SECTION_WORDS[section], "結構較複雜，不在活頁簿內；請下載 YAML 檔修改。"
    yield "來源代碼", "文件名稱"
    for source in knowledge.sources.values():
        yield source.id, source.title
