"""Trunkline's Chalice app: a table of contents. What each entry does is told in its capability."""

from chalice.app import Chalice

from chalicelib.customers import flow as customers_flow
from chalicelib.routing import flow as routing_flow

app = Chalice(app_name="trunkline")

app.register_blueprint(customers_flow.bp)  # lookup_customer: invoked by contact flows
app.register_blueprint(routing_flow.bp)  # route_contact: invoked by contact flows


@app.route("/v1/health", methods=["GET"])
def health() -> dict[str, str]:
    """Answer whoever asks whether the API is up; says nothing of the tenant."""
    return {"status": "ok"}
