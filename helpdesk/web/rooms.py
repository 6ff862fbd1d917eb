"""Every blueprint, in the order of registration."""

from helpdesk.web import health, presentation, sign_in
from helpdesk.web.admin import bp as admin
from helpdesk.web.agents import bp as agents
from helpdesk.web.api import bp as api
from helpdesk.web.partners import bp as partners
from helpdesk.web.public import case_state, portal, service_form
from helpdesk.web.telephony import bp as telephony

BLUEPRINTS = (
    portal.bp,
    service_form.bp,
    case_state.bp,
    sign_in.bp,
    agents,
    partners,
    admin,
    api,
    telephony,
    health.bp,
    presentation.htmx_files(),
)
