"""Invented enterprises and people: plainly invented, valid in form. Deterministic by the given random source."""

from pathlib import Path
from random import Random

from helpdesk.policy.submission import ContactFacts, EnterpriseFacts
from helpdesk.policy.ubn import BadUbn, parse_ubn
from knowledge_base.knowledge import Knowledge
from knowledge_base.records.vocabulary import Category

FOLDER = Path(__file__).parent
FIRST = ("永昌", "大順", "立群", "宏遠", "日新", "德和", "泰成", "金順", "三和", "新竣", "合發", "元隆")
TRADES = {
    "電子資訊": ("電子", "光電", "科技", "電路"),
    "金屬機電": ("精密", "金屬", "機械", "五金", "工業"),
    "民生化工": ("食品", "紡織", "塑膠", "化工", "印刷"),
    "商業服務": ("商行", "物流", "餐飲", "貿易"),
}
INDUSTRIAL = ("臺中市", "彰化縣", "高雄市", "新北市", "桃園市")
FORMS = ("股份有限公司", "有限公司", "企業社")
FAMILY_NAMES = "陳林黃張李王吳劉蔡楊許鄭謝洪郭"
TITLES = ("先生", "小姐", "經理", "廠長", "會計")
SIZES = (3, 6, 8, 9, 12, 18, 25, 40, 65, 90, 130, 180, 260, 420)


def inquiries() -> list[tuple[Category, str]]:
    """Return what invented enterprises ask, each with the situation it is; none of it trained the classifier."""
    lines = (FOLDER / "inquiries.txt").read_text(encoding="utf-8").splitlines()
    told = (line.split("|", 1) for line in lines if line and not line.startswith("#"))
    return [(Category(category), text) for category, text in told]


def enterprise(random: Random, knowledge: Knowledge) -> EnterpriseFacts:
    """Return an enterprise with some facts missing now and then, as callers leave them out."""
    group = random.choices(list(knowledge.sectors.values()), weights=(2, 5, 3, 2))[0]
    county = random.choice([*knowledge.counties, *INDUSTRIAL * 6])
    name = f"範例{random.choice(FIRST)}{random.choice(TRADES[group.id])}{random.choice(FORMS)}"
    return EnterpriseFacts(
        ubn=ubn(random) if random.random() < 0.8 else None,
        name=name,
        county=county if random.random() < 0.95 else None,
        sector=random.choice(group.sectors) if random.random() < 0.9 else None,
        regular_employees=random.choice(SIZES) if random.random() < 0.9 else None,
    )


def contact(random: Random, number: int) -> ContactFacts:
    """Return a person; the numbers lie in a range that nobody was given."""
    name = random.choice(FAMILY_NAMES) + random.choice(TITLES)
    mail = f"demo{number}@example.com" if random.random() < 0.4 else None
    phone = None if mail and random.random() < 0.2 else _phone(random, number)
    return ContactFacts(name, phone, mail)


def ubn(random: Random) -> str:
    """Return eight digits that pass the check and begin with 000."""
    while True:
        digits = f"000{random.randrange(1, 100_000):05d}"
        try:
            return parse_ubn(digits)
        except BadUbn:
            continue


def _phone(random: Random, number: int) -> str:
    if random.random() < 0.9:
        return f"+8869000{number % 100_000:05d}"
    return (
        f"+8864235{number % 100_000:05d}" if random.random() < 0.5 else f"+8864235{number % 100_000:05d}#12"
    )
