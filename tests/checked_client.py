"""A client that sends the CSRF token of its session and checks every page it is given."""

from html.parser import HTMLParser
from typing import Any

from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer

FIELDS = {"input", "select", "textarea"}
UNLABELLED = {"hidden", "submit", "button"}


class Page(HTMLParser):
    """What a page must get right, collected while it is read."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.title, self.headings, self.ids = "", 0, []
        self.fields: list[dict[str, str | None]] = []
        self.labelled: set[str | None] = set()
        self.inline: list[str] = []
        self._in_title, self._labels = False, 0
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if given.get("id"):
            self.ids.append(given["id"])
        self._in_title = tag == "title"
        self.headings += tag == "h1"
        if tag == "label":
            self.labelled.add(given.get("for"))
        if tag in FIELDS and given.get("type") not in UNLABELLED:
            self.fields.append(given)
        if tag == "style" or (tag == "script" and "src" not in given):
            self.inline.append(tag)
        self.inline += [name for name in given if name == "style" or name.startswith("on")]

    def handle_data(self, data: str) -> None:
        if self._in_title:
            self.title += data.strip()
            self._in_title = False


def check_page(text: str, *, whole: bool) -> None:
    """Assert title, one h1, labels, unique ids, nothing inline; fragments have no title and no h1."""
    page = Page(text)
    if whole:
        assert page.title, "a page needs a title"
        assert page.headings == 1, f"a page needs one h1, not {page.headings}"
    doubled = {name for name in page.ids if page.ids.count(name) > 1}
    assert not doubled, f"ids used twice: {doubled}"
    assert not page.inline, f"inline script or style: {page.inline}"
    for field in page.fields:
        labelled = field.get("id") in page.labelled or field.get("aria-label") or field.get("aria-labelledby")
        assert labelled, f"a field without a label: {field}"


class CheckedClient(FlaskClient):
    """Posts carry the session's token unless `csrf=False`; every HTML answer is checked."""

    def open(self, *args: Any, csrf: bool = True, **kwargs: Any) -> Any:
        """Send a request as FlaskClient does, and check the page that comes back."""
        if kwargs.get("method") == "POST" and csrf and "json" not in kwargs:
            kwargs["data"] = {**(kwargs.get("data") or {}), "csrf_token": self._token()}
        answer = super().open(*args, **kwargs)
        if answer.mimetype == "text/html" and answer.status_code not in {301, 302, 303}:
            text = answer.get_data(as_text=True)
            check_page(text, whole="<html" in text)
        return answer

    def _token(self) -> str:
        with self.session_transaction() as session:
            raw = session.setdefault("csrf_token", "token-of-tests")
        return str(URLSafeTimedSerializer(self.application.secret_key, salt="wtf-csrf-token").dumps(raw))
