"""Words that carry a question and ask for nothing: they neither find a record nor count as asked for."""

from collections.abc import Iterator, Sequence

from helpdesk.policy.finding.folding import Folded, Unit, fold

WORDS = """
請問 你好 您好 我們 你們 他們 我想 想問 想要 我要 需要 我們公司 敝公司 客人 業者 老闆 有人 打來 一下 小姐 先生
怎麼 怎樣 如何 什麼 甚麼 哪裡 哪個 哪些 哪一個 找誰 多少 可以 可不可以 能不能 有沒有 沒有 是不是 不是
什麼時候 時候 去哪 去哪裡 要去 要帶 幫我 還有 還在 還能 那個 這個 就是 說要 知道 不知道 怎麼辦
關於 有關 相關 方面 問題 事情 嗎 呢 吧 啊 喔 的 了
"""
_WORDS = frozenset(fold(word).units for word in WORDS.split())
_LENGTHS = sorted({len(word) for word in _WORDS})
_BEGINNINGS = frozenset(word[0] for word in _WORDS)


def chat_in(units: Sequence[Unit]) -> frozenset[int]:
    """Return the places of chat among the units of a text."""
    return frozenset(
        inside
        for place, unit in enumerate(units)
        if unit in _BEGINNINGS
        for length in _LENGTHS
        if place + length <= len(units) and units[place : place + length] in _WORDS
        for inside in range(place, place + length)
    )


def telling_spans(folded: Folded) -> Iterator[slice]:
    """Yield what a text is compared by, without what holds chat."""
    chat = chat_in(folded.units)
    for span in folded.spans():
        if chat.isdisjoint(range(span.start, span.stop)):
            yield span
