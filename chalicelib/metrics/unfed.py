"""Metrics: the KPIs of the glossary that no stored data feeds yet, and what is missing (KPI-01). Data only.

`missing` names the datum, and in brackets the requirement that brings it.
"""

from typing import Final

from chalicelib.metrics.models import Unfed

_ATTEMPTS = (
    "attempts of campaigns with their result codes (OUT-01, OUT-02); what is dialled now is callbacks, notices and "
    "transfers"
)
_CARDS = "scored contacts: cards with weighted, fatal and non-fatal items, and their scores (QAS-01, QAS-02)"
_TRAINING = "who began, left and passed a new hire's training, with dates (PPL-05); only passes are kept (PPL-06)"

UNFED: Final[tuple[Unfed, ...]] = (
    Unfed(id="K13", name="First contact resolution",
          formula="issues solved with no further contact on the same issue within d days / issues opened",
          missing="issues: one customer's contacts about one thing, judged when d days are over (RPT-03); tickets and "
                  "what agents write down (DSK-08) know one contact or none"),
    Unfed(id="K14", name="Resolution rate",
          formula="issues solved within target / issues opened",
          missing="until when an issue was to be solved (TKT-04), and which contacts are one issue; an agent writes "
                  "`solved` of one contact"),
    Unfed(id="K18", name="Complained-about rate",
          formula="upheld complaints about an agent / contacts handled by that agent",
          missing="about whom a complaint is, and whether it was upheld (CMP-01, CMP-04, CMP-05); written down is that "
                  "a contact was one (K17)"),
    Unfed(id="K19", name="Fatal error rate",
          formula="scored contacts with at least one fatal error / scored contacts",
          missing=_CARDS),
    Unfed(id="K20", name="Non-fatal error rate",
          formula="failed non-fatal checks / all non-fatal checks made",
          missing=_CARDS),
    Unfed(id="K21", name="QA score",
          formula="sum of (weight x item score) / sum of weight",
          missing=_CARDS),
    Unfed(id="K26", name="Dials per day",
          formula="count of outbound attempts",
          missing=_ATTEMPTS),
    Unfed(id="K27", name="Connect rate, outbound",
          formula="attempts answered by a person / attempts",
          missing=_ATTEMPTS),
    Unfed(id="K28", name="Successes",
          formula="contacts with a success result code",
          missing=_ATTEMPTS),
    Unfed(id="K29", name="Success rate",
          formula="successes / attempts answered by a person",
          missing=_ATTEMPTS),
    Unfed(id="K30", name="Successful-contact rate",
          formula="records completed with the right party / records attempted",
          missing="records of lists, and which were completed with the right party (OUT-03)"),
    Unfed(id="K31", name="Sales-skill score",
          formula="score of the sales items on the QA card",
          missing="the sales items of quality cards (QAS-01)"),
    Unfed(id="K32", name="Units sold, revenue",
          formula="sum of confirmed units; sum of confirmed amount, less cancellations",
          missing="confirmed orders with units and amount, and their cancellations (OUT-09, INT-04)"),
    Unfed(id="K33", name="Arrears recovery rate",
          formula="amount recovered in period / amount owed at start",
          missing="what debtors owe at the start and pay in the period (OUT-07)"),
    Unfed(id="K34", name="Churn rate",
          formula="customers lost in period / customers at start",
          missing="key accounts as members of a list that they join and leave, with dates (VIP-01, VIP-06)"),
    Unfed(id="K35", name="Retention rate, retention cost",
          formula="retained / retention cases closed; cost / retained",
          missing="retention cases with outcome and cost (VIP-06, VIP-07)"),
    Unfed(id="K36", name="Loyalty",
          formula="customers with 2 or more purchases / customers with a purchase",
          missing="purchases by customer (INT-04)"),
    Unfed(id="K37", name="Service cost, cost per contact",
          formula="actual / budget; total cost / HND",
          missing="costs and budgets (VIP-07, BIL-05)"),
    Unfed(id="K38", name="Report punctuality",
          formula="reports delivered by deadline / reports due",
          missing="scheduled reports and when they were delivered (RPT-01, KPI-07)"),
    Unfed(id="K39", name="New-hire training pass rate",
          formula="trainees who passed / trainees examined",
          missing=_TRAINING),
    Unfed(id="K40", name="New-hire training attrition",
          formula="trainees who left during training / trainees started",
          missing=_TRAINING),
    Unfed(id="K41", name="Probation pass rate",
          formula="confirmed / hires whose probation ended",
          missing="hires, the end of their probation, and whether they were confirmed (PPL-10)"),
    Unfed(id="K42", name="Attendance rate",
          formula="hours attended / hours scheduled",
          missing="schedules (WFM-05); hours attended are told by agents' statuses"),
    Unfed(id="K43", name="Schedule adherence",
          formula="time in the scheduled state / scheduled time",
          missing="schedules (WFM-05, WFM-07); what agents did is told by their turns"),
    Unfed(id="K44", name="Forecast accuracy",
          formula="1 - sum of abs(forecast - actual) / sum of actual",
          missing="forecasts by interval (WFM-03)"),
    Unfed(id="K46", name="Reply punctuality",
          formula="replies within limit / replies due",
          missing="until when a reply is due (VML-04, CHN-06); of a message it is stored when it came and was closed"),
    Unfed(id="K47", name="Overdue complaints",
          formula="open complaints past deadline; share of complaints closed late",
          missing="until when a complaint is to be closed (CMP-03); of a ticket it is stored when it was"),
    Unfed(id="K48", name="Work-order punctuality per department",
          formula="orders done in target / orders done; sum of handling time / orders",
          missing="which assignees are departments (TKT-03), and targets of tickets (TKT-04); of steps the times are "
                  "stored"),
    Unfed(id="K50", name="Promises-kept rate",
          formula="promises met by due time / promises due",
          missing="the due time of a promise (TKT-06); of callbacks only whether they were kept is stored"),
    Unfed(id="K51", name="Self-service containment",
          formula="contacts finished without a human and not repeated in d days / contacts entering self service",
          missing="whether the caller came again within d days: known only when they are over (RPT-03)"),
    Unfed(id="K53", name="Availability",
          formula="(agreed time - downtime) / agreed time",
          missing="rows of the looks in the analytics store, as a second opinion; it is told by GET /v1/slo, of looks "
                  "every five minutes (docs/runbooks/slo.md)"),
    Unfed(id="K54", name="Project margin",
          formula="(revenue - cost) / revenue",
          missing="revenue and cost (BIL-02, BIL-05)"),
)  # fmt: skip
