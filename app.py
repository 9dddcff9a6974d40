"""Trunkline's Chalice app: a table of contents. What each entry does is told in its capability."""

from chalice.app import Chalice, Response

from chalicelib import api_words, examples
from chalicelib.access import service as access
from chalicelib.adapters import api as adapters_api
from chalicelib.agents import api as agents_api
from chalicelib.agents import events as agents_events
from chalicelib.analytics import events as analytics_events
from chalicelib.approvals import api as approvals_api
from chalicelib.audit import api as audit_api
from chalicelib.audit import events as audit_events
from chalicelib.callbacks import api as callbacks_api
from chalicelib.callbacks import flow as callbacks_flow
from chalicelib.completions import api as completions_api
from chalicelib.contacts import api as contacts_api
from chalicelib.contacts import events as contacts_events
from chalicelib.customers import api as customers_api
from chalicelib.customers import flow as customers_flow
from chalicelib.customers import screen_api
from chalicelib.hours import api as hours_api
from chalicelib.identity import api as identity_api
from chalicelib.licences import api as licences_api
from chalicelib.licences import events as licences_events
from chalicelib.lifecycle import api as lifecycle_api
from chalicelib.menus import api as menus_api
from chalicelib.menus import flow as menus_flow
from chalicelib.metrics import api as metrics_api
from chalicelib.metrics import targets_api
from chalicelib.offers import api as offers_api
from chalicelib.overrides import api as overrides_api
from chalicelib.people import api as people_api
from chalicelib.platform import http_door, openapi
from chalicelib.platform.authorizer import AUTHORIZER
from chalicelib.privacy import api as privacy_api
from chalicelib.privacy import events as privacy_events
from chalicelib.privacy import requests_api as privacy_requests_api
from chalicelib.qualifications import api as qualifications_api
from chalicelib.qualifications import events as qualifications_events
from chalicelib.realtime import api as realtime_api
from chalicelib.recordings import api as recordings_api
from chalicelib.reliability import api as reliability_api
from chalicelib.routing import flow as routing_flow
from chalicelib.services import api as services_api
from chalicelib.tickets import api as tickets_api
from chalicelib.traces import api as traces_api
from chalicelib.users import api as users_api
from chalicelib.voicemail import api as voicemail_api
from chalicelib.voicemail import events as voicemail_events
from chalicelib.waiting import flow as waiting_flow

app = Chalice(app_name="trunkline")

app.register_middleware(http_door.in_our_shape, "http")

# Invoked by contact flows. Lambda loads their modules alone, not this file.
app.register_blueprint(customers_flow.bp)  # lookup_customer
app.register_blueprint(menus_flow.bp)  # menu_step
app.register_blueprint(routing_flow.bp)  # route_contact
app.register_blueprint(waiting_flow.bp)  # estimate_wait
app.register_blueprint(callbacks_flow.bp)  # request_callback

# Invoked by the streams of contact records and agent events.
app.register_blueprint(contacts_events.bp)  # ingest_contact_records
app.register_blueprint(agents_events.bp)  # ingest_agent_events

# Invoked by the table's own stream, one of them by the clock too.
app.register_blueprint(voicemail_events.bp)  # notify_voicemail
app.register_blueprint(analytics_events.bp)  # export_analytics

# Invoked by the clock.
app.register_blueprint(licences_events.bp)  # review_papers; looks at dependencies, too
app.register_blueprint(qualifications_events.bp)  # review_qualifications
app.register_blueprint(privacy_events.bp)  # serve_privacy_requests

# Invoked by the user pool before each token, and by what CloudTrail tells.
app.register_blueprint(audit_events.bp)  # note_security_events

# REST, for bearers of a token of the tenant's user pool.
app.register_blueprint(agents_api.bp)  # /v1/agents, /v1/seats
app.register_blueprint(audit_api.bp)  # /v1/audit
app.register_blueprint(contacts_api.bp)  # /v1/contacts
app.register_blueprint(customers_api.bp)  # /v1/customers
app.register_blueprint(screen_api.bp)  # /v1/contacts/{contact_id}/pop, /customer, /draft
app.register_blueprint(completions_api.bp)  # /v1/contacts/{contact_id}/completion, /v1/completions
app.register_blueprint(recordings_api.bp)  # /v1/recordings, /v1/contacts/{contact_id}/recording(s)
app.register_blueprint(traces_api.bp)  # /v1/contacts/{contact_id}/trace
app.register_blueprint(identity_api.bp)  # /v1/contacts/{contact_id}/identity
app.register_blueprint(callbacks_api.bp)  # /v1/callbacks
app.register_blueprint(offers_api.bp)  # /v1/offers
app.register_blueprint(voicemail_api.bp)  # /v1/voicemails
app.register_blueprint(hours_api.bp)  # /v1/lines/{line}/hours
app.register_blueprint(menus_api.bp)  # /v1/menus, /v1/enquiries
app.register_blueprint(metrics_api.bp)  # /v1/kpis
app.register_blueprint(targets_api.bp)  # /v1/kpis/targets
app.register_blueprint(realtime_api.bp)  # /v1/realtime
app.register_blueprint(overrides_api.bp)  # /v1/routing
app.register_blueprint(licences_api.bp)  # /v1/papers
app.register_blueprint(reliability_api.bp)  # /v1/slo, /v1/health/dependencies
app.register_blueprint(lifecycle_api.bp)  # /v1/tenant
app.register_blueprint(privacy_api.bp)  # /v1/privacy
app.register_blueprint(approvals_api.bp)  # /v1/approvals
app.register_blueprint(privacy_requests_api.bp)  # /v1/privacy/requests, /v1/privacy/holds
app.register_blueprint(people_api.bp)  # /v1/people
app.register_blueprint(users_api.bp)  # /v1/users
app.register_blueprint(qualifications_api.bp)  # /v1/qualifications
app.register_blueprint(tickets_api.bp)  # /v1/tickets
app.register_blueprint(services_api.bp)  # /v1/services
app.register_blueprint(adapters_api.bp)  # /v1/adapters


@app.route("/v1/openapi.json", methods=["GET"], authorizer=AUTHORIZER)
@access.Door(app)("api.read")
def described() -> Response:
    """Answer this API's own description."""
    return http_door.json_response(
        openapi.document(openapi.routes_of(app.routes), examples.EXAMPLES, examples.answers(), api_words.WORDS)
    )


@app.route("/v1/health", methods=["GET"])
def health() -> dict[str, str]:
    """Answer whoever asks whether the API is up; says nothing of the tenant."""
    return {"status": "ok"}
