"""The application for WSGI servers, `flask --app wsgi` and `python wsgi.py`."""

import os

from helpdesk.app import create_app
from helpdesk.preparation import prepare
from helpdesk.settings import from_env
from helpdesk.web.request_log import configure_logging

configure_logging()
settings = from_env(os.environ)
prepare(settings)
app = create_app(settings)

if __name__ == "__main__":
    app.run(host="127.0.0.1", port=int(os.environ.get("PORT") or 8000))
