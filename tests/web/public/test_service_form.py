"""The service form as an enterprise uses it, in a hurry, on a phone, with slips."""

import io
import re
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from helpdesk.models.case import Case
from helpdesk.models.intake_record import Attachment, Consent, ReceivedSubmission
from tests.checked_client import CheckedClient

TEXT = "客戶要求我們提供碳排放資料，不知道從哪裡開始。"
GOOD: dict[str, dict[str, Any]] = {
    "need": {"text": TEXT, "stated_category": ""},
    "enterprise": {
        "ubn": "00000011",
        "name": "範例精密",
        "county": "台中市",
        "sector": "機械",
        "regular_employees": "３５",
    },
    "contact": {"contact_name": "王小姐", "phone": "０９００-000-123", "email": ""},
    "facts": {"theme": "low_carbon", "factory_registration": "registered", "wants_verification": ""},
    "consent": {"consent": ["counselling_team"]},
}
HOSTILE = [
    "'; DROP TABLE \"case\"; --", "<script>alert(1)</script>", "{{ 7*7 }}{% raw %}", "😀🏭" * 20, "\x00\x07\x1b[31m",
    "A" * 20_000, "补助资格怎么申请", "\u202eevil", "../../etc/passwd", "-1", "１", "null", "\r\nSet-Cookie: x=1", "",
]  # fmt: skip


def fill(client: CheckedClient, until: str = "check") -> None:
    for slug, values in GOOD.items():
        if slug == until:
            return
        assert client.post(f"/apply/{slug}", data=values).status_code == 302


def send(client: CheckedClient) -> str:
    fill(client)
    assert client.post("/apply/check").location == "/apply/done"
    page = client.get("/apply/done").get_data(as_text=True)
    found = re.search(r"C\d{3}-\d{6}-\d", page)
    assert found
    return found.group()


def test_a_whole_form_makes_a_case_with_everything_that_was_said(
    client: CheckedClient, database: Session
) -> None:
    number = send(client)
    case = database.scalars(select(Case)).one()
    assert case.number == number
    assert case.enterprise is not None
    assert (case.enterprise.county, case.enterprise.regular_employees) == ("臺中市", 35)
    assert case.contact.phone == "+886900000123"
    assert case.facts == {"factory_registration": "registered"}
    assert database.scalars(select(Consent.organisation_kind)).all() == ["counselling_team"]
    assert database.scalars(select(ReceivedSubmission.text)).one() == TEXT


def test_a_form_sent_twice_or_from_a_second_tab_makes_one_case(
    client: CheckedClient, database: Session
) -> None:
    send(client)
    assert client.post("/apply/check").location == "/apply/done"
    assert client.post("/apply/need", data={"text": "別的"}).location == "/apply/done"
    assert "已經送出過" in client.get("/apply/done").get_data(as_text=True)
    assert database.scalar(select(func.count()).select_from(Case)) == 1


def test_another_form_can_be_begun_afterwards(client: CheckedClient, database: Session) -> None:
    first = send(client)
    client.post("/apply/new")
    assert TEXT not in client.get("/apply/need").get_data(as_text=True)
    assert send(client) != first


@pytest.mark.parametrize(
    ("slug", "values", "field", "words"),
    [
        ("need", {"text": "  "}, "text", "空白"),
        ("need", {"text": "字" * 5001}, "text", "5,001"),
        ("need", {"text": TEXT, "stated_category": "x"}, "stated_category", "選"),
        ("enterprise", {"ubn": "12345678"}, "ubn", "檢查碼"),
        ("enterprise", {"ubn": "123"}, "ubn", "8 個數字"),
        ("enterprise", {"county": "火星"}, "county", "縣市"),
        ("enterprise", {"regular_employees": "很多"}, "regular_employees", "整數"),
        ("contact", {}, "phone", "至少要填一項"),
        ("contact", {"phone": "12"}, "phone", "電話"),
        ("contact", {"email": "x"}, "email", "格式"),
        ("facts", {"theme": "x"}, "theme", "選"),
        ("consent", {"consent": ["x"]}, "consent", "勾選"),
    ],
)
def test_a_slip_is_named_at_the_top_and_at_its_field_in_the_same_words(
    client: CheckedClient, slug: str, values: dict[str, Any], field: str, words: str
) -> None:
    answer = client.post(f"/apply/{slug}", data=values)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    summary = re.search(rf'<a href="#{field}">([^<]+)</a>', page)
    assert summary
    assert words in summary.group(1)
    assert page.count(summary.group(1)) == 2
    assert f'id="{field}"' in page


def test_what_was_typed_is_still_there_after_a_slip_after_going_back_and_in_a_new_tab(
    client: CheckedClient,
) -> None:
    fill(client, until="enterprise")
    refused = client.post("/apply/enterprise", data={"ubn": "123", "name": "範例丙公司"})
    for page in (refused, client.get("/apply/enterprise"), client.get("/apply/need")):
        text = page.get_data(as_text=True)
        assert "範例丙公司" in text or TEXT in text


def test_changing_an_answer_from_the_last_page_leads_back_to_it(client: CheckedClient) -> None:
    fill(client)
    assert 'name="back_to_check"' in client.get("/apply/contact?from=check").get_data(as_text=True)
    changed = client.post("/apply/contact", data={"email": "a@example.com", "back_to_check": "1"})
    assert changed.location == "/apply/check"
    assert "a@example.com" in client.get("/apply/check").get_data(as_text=True)


def test_the_last_page_shows_the_first_one_that_does_not_hold_yet(
    client: CheckedClient, database: Session
) -> None:
    fill(client, until="contact")
    assert "怎麼聯絡您" in client.get("/apply/check").get_data(as_text=True)
    assert client.post("/apply/check").status_code == 422
    assert database.scalar(select(func.count()).select_from(Case)) == 0


def test_a_lost_session_shows_what_was_typed_and_lets_it_be_sent_again(client: CheckedClient) -> None:
    fill(client, until="enterprise")
    client.delete_cookie("desk")
    lost = client.post("/apply/enterprise", data={"name": "範例丁公司"}, csrf=False)
    page = lost.get_data(as_text=True)
    assert lost.status_code == 400
    assert "範例丁公司" in page
    assert 'name="csrf_token"' in page
    again = client.post("/apply/enterprise", data={"name": "範例丁公司"})
    assert again.location == "/apply/contact"


def test_a_foreign_page_gets_no_second_chance(client: CheckedClient) -> None:
    answer = client.post(
        "/apply/need", data={"text": TEXT}, csrf=False, headers={"Sec-Fetch-Site": "cross-site"}
    )
    assert answer.status_code == 400
    assert TEXT not in answer.get_data(as_text=True)


@pytest.mark.parametrize("hostile", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_input_in_every_field_never_breaks_a_page_and_is_never_markup(
    client: CheckedClient, hostile: str
) -> None:
    for slug, values in GOOD.items():
        for field in values:
            answer = client.post(f"/apply/{slug}", data={**values, field: hostile})
            assert answer.status_code in {302, 422}, (slug, field)
        page = client.get(f"/apply/{slug}")
        assert page.status_code == 200
        assert "<script>alert" not in page.get_data(as_text=True)
    assert client.get("/apply/check").status_code == 200
    assert client.post("/apply/check").status_code in {302, 422}


def test_bytes_that_are_no_text_are_no_error_of_ours(client: CheckedClient) -> None:
    body = b"text=%ff%fe%80abc&csrf_token=" + client._token().encode()
    answer = client.post(
        "/apply/need", data=body, csrf=False, content_type="application/x-www-form-urlencoded"
    )
    assert answer.status_code in {302, 422}


def upload(client: CheckedClient, *files: tuple[bytes, str]) -> tuple[int, str]:
    """Choose files on the first page; return the status and the page."""
    data = {"text": TEXT, "files": [(io.BytesIO(content), name) for content, name in files]}
    with client.post("/apply/need", data=data, content_type="multipart/form-data") as answer:
        answer.request.environ["wsgi.input"].close()  # the client's own temporary file
        return answer.status_code, answer.get_data(as_text=True)


def test_files_are_kept_over_the_pages_and_come_with_the_case(
    client: CheckedClient, database: Session
) -> None:
    assert upload(client, (b"%PDF-1.7 x", "報告.pdf"), (b"\xff\xd8\xff\xe0", "照片.jpg"))[0] == 302
    assert "報告.pdf" in client.get("/apply/need").get_data(as_text=True)
    for slug in ("contact", "consent"):
        client.post(f"/apply/{slug}", data=GOOD[slug])
    assert client.post("/apply/check").status_code == 302
    assert {f.filename for f in database.scalars(select(Attachment))} == {"報告.pdf", "照片.jpg"}


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (b"MZ", "a.exe", "不是可接受"),
        (b"", "a.pdf", "空的"),
        (b"<svg/>", "a.svg", "不是可接受"),
        (b"%PDF" + b"0" * 11_000_000, "a.pdf", "10 MB"),
    ],
)
def test_a_file_that_cannot_be_taken_is_named_and_the_text_is_kept(
    client: CheckedClient, content: bytes, name: str, words: str
) -> None:
    status, page = upload(client, (content, name))
    assert status == 422
    assert words in page
    assert TEXT in page


def test_an_oversized_body_is_refused_in_words(client: CheckedClient, app: Flask) -> None:
    app.config["MAX_CONTENT_LENGTH"] = 1000
    answer = client.post("/apply/need", data={"text": "A" * 2000})
    assert answer.status_code == 413
    assert "檔案太大" in answer.get_data(as_text=True)


def test_an_unknown_page_is_not_found(client: CheckedClient) -> None:
    assert client.get("/apply/nowhere").status_code == 404
