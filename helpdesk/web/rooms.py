"""Every blueprint, in the order of registration."""

from helpdesk.web import health, presentation, sign_in

BLUEPRINTS = (
    sign_in.bp,
    health.bp,
    presentation.htmx_files(),
)
