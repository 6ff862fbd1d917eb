"""One line of JSON for each request: an id, what, how long. Never bodies, phones or names."""

import json
import logging
import secrets
import time

from flask import Flask, Response, g, request

log = logging.getLogger("helpdesk.requests")


class JsonLines(logging.Formatter):
    """Formats a record as one JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line; an exception is kept as its traceback."""
        line = {
            "at": self.formatTime(record, "%Y-%m-%dT%H:%M:%S%z"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            **getattr(record, "facts", {}),
        }
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)


def init_app(app: Flask) -> None:
    """Log every request; the answer names the request's id."""

    @app.before_request
    def _start() -> None:
        g.request_id = secrets.token_hex(8)
        g.started = time.perf_counter()

    @app.after_request
    def _write(response: Response) -> Response:
        response.headers["X-Request-Id"] = g.get("request_id", "")
        facts = {
            "request_id": g.get("request_id"),
            "method": request.method,
            "endpoint": request.endpoint,
            "status": response.status_code,
            "milliseconds": round((time.perf_counter() - g.get("started", 0.0)) * 1000, 1),
        }
        log.info("request", extra={"facts": facts})
        return response


def configure_logging() -> None:
    """Send every log line to standard error as JSON."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
