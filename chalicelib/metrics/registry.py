"""Metrics: the registry. Every KPI of the glossary that the data can feed, once (KPI-01); `unfed.py` has the others.

Reports, targets of contracts, the REST API, the command line, the simulation, the dashboard and docs/kpi.md read it;
`tests/unit/metrics/test_kpi_registry.py` holds that nobody else divides counters. Numerator and denominator are sums of
counters, so a KPI of any period or group comes from sums and never from an average of averages. What each counter
holds is told in `counters.py`.
"""

from collections.abc import Mapping
from typing import Final

from chalicelib.metrics.models import Kpi

_OFFERED_LESS_SHORT: Final = {"answered": 1, "abandoned": 1, "short_abandoned": -1}
_HANDLE: Final = {"talk_s": 1, "hold_s": 1, "acw_s": 1}

_CALLED = "contact: result, queued_at"
_WAITED = "contact: wait_s, result"
_SPENT = "contact: talk_s, hold_s, acw_s, result"
_SIGNED_IN = "change of an agent's status: at, status, type"
_TURNED = "turn of an agent: at, activity, contact_id"

DEFAULT_SERVICE_LEVEL: Final = "short-abandons-excluded"

SERVICE_LEVELS: Final[Mapping[str, Kpi]] = {
    variant: Kpi(
        id="K03", name="Service level", variant=variant, formula=formula, unit="share", direction="up",
        owner="operations-manager", source=("contact: wait_s, threshold_s, short_s, result",),
        numerator=above, denominator=below,
    )
    for variant, formula, above, below in (
        ("answered-only", "ANS within T / ANS", {"answered_in_target": 1}, {"answered": 1}),
        ("all-offered", "ANS within T / (ANS + ABN)", {"answered_in_target": 1}, {"answered": 1, "abandoned": 1}),
        (DEFAULT_SERVICE_LEVEL, "ANS within T / (ANS + ABN - SAB)", {"answered_in_target": 1}, _OFFERED_LESS_SHORT),
        ("abandons-in-time-met", "(ANS within T + ABN within T) / (ANS + ABN)",
         {"answered_in_target": 1, "abandoned_in_target": 1}, {"answered": 1, "abandoned": 1}),
        ("abandons-in-time-excluded", "ANS within T / (ANS + ABN - ABN within T)",
         {"answered_in_target": 1}, {"answered": 1, "abandoned": 1, "abandoned_in_target": -1}),
        ("with-flow-outs", "ANS within T / (ANS + ABN + EXT)", {"answered_in_target": 1}, {"offered": 1}),
    )
}  # fmt: skip
"""The honest variants of K03 (domain reference 3.2, V1 to V6), nine points apart on one day: a contract names one."""

KPIS: Final[tuple[Kpi, ...]] = (
    Kpi(id="K02", name="Human answer rate", formula="ANS / (ANS + ABN - SAB)", unit="share", direction="up",
        owner="operations-manager", source=(_CALLED, "contact: wait_s, short_s"),
        numerator={"answered": 1}, denominator=_OFFERED_LESS_SHORT),
    SERVICE_LEVELS[DEFAULT_SERVICE_LEVEL],
    Kpi(id="K04", name="Average speed of answer", formula="sum of queue wait of ANS / ANS", unit="seconds",
        direction="down", owner="operations-manager", source=(_WAITED,), histogram="wait",
        numerator={"wait_s": 1}, denominator={"answered": 1}),
    Kpi(id="K06", name="Average talk time", formula="sum of talk without hold / HND", unit="seconds",
        direction="none", owner="operations-manager", source=(_SPENT,), histogram="talk",
        numerator={"talk_s": 1}, denominator={"handled": 1}),
    Kpi(id="K07", name="Average hold time", formula="sum of hold / HND", unit="seconds",
        direction="down", owner="operations-manager", source=(_SPENT,), histogram="hold",
        numerator={"hold_s": 1}, denominator={"handled": 1}),
    Kpi(id="K08", name="Average after-call work", formula="sum of after-call work / HND", unit="seconds",
        direction="down", owner="operations-manager", source=(_SPENT,), histogram="acw",
        numerator={"acw_s": 1}, denominator={"handled": 1}),
    Kpi(id="K09", name="Average handle time", formula="sum of (talk + hold + ACW) / HND", unit="seconds",
        direction="none", owner="operations-manager", source=(_SPENT,),
        numerator=_HANDLE, denominator={"handled": 1}),
    Kpi(id="K10", name="Abandon rate", formula="(ABN - SAB) / (ANS + ABN - SAB)", unit="share", direction="down",
        owner="operations-manager", source=(_CALLED, "contact: wait_s, short_s"),
        numerator={"abandoned": 1, "short_abandoned": -1}, denominator=_OFFERED_LESS_SHORT),
    Kpi(id="K12", name="Transfer rate", formula="contacts transferred / HND", unit="share", direction="down",
        owner="operations-manager", source=("contact: next_id, transferred_at, transferred_to, result",),
        numerator={"transferred": 1}, denominator={"handled": 1}),
    Kpi(id="K15", name="Customer satisfaction", formula="answers in the satisfied classes / valid answers",
        unit="share", direction="up", owner="operations-director", source=("contact: survey_answer", "contract: kpis"),
        numerator={"satisfied": 1}, denominator={"survey_answers": 1}),
    Kpi(id="K16", name="Survey response rate", formula="valid answers / surveys offered", unit="share",
        direction="up", owner="operations-director", source=("contact: survey_offered, survey_answer",),
        numerator={"survey_answers": 1}, denominator={"surveyed": 1}),
    Kpi(id="K17", name="Complaint rate", formula="complaints / HND, per 1,000", unit="per-thousand",
        direction="down", owner="operations-director",
        source=("contact: category, previous_id, initial_id", "completion: complaint", "step of a ticket: complaint",
                "contract: kpis"),
        numerator={"complaints": 1_000}, denominator={"handled": 1}, version=2),
    Kpi(id="K45", name="Traffic load", formula="contacts per hour x AHT in hours", unit="erlang", direction="none",
        owner="wfm-planner", source=(_SPENT,),
        numerator=_HANDLE, denominator={"period_s": 1}),
    Kpi(id="K49", name="Revisit rate", formula="orders revisited / orders closed", unit="share", direction="up",
        owner="operations-manager", source=("step of a ticket: step, at, revision",),
        numerator={"tickets_revisited": 1}, denominator={"tickets_closed": 1}),
    Kpi(id="K52", name="Voice quality", formula="sum of customers' opinion scores / rated contacts", unit="score",
        direction="up", owner="operations-manager", source=("contact: customer_score",),
        numerator={"voice_score": 1}, denominator={"voice_rated": 100}),
)  # fmt: skip
"""What finished contacts give, and with `STAFF_KPIS` the only place where a KPI's formula is written down."""

STAFF_KPIS: Final[tuple[Kpi, ...]] = (
    Kpi(id="K05", name="Average ring time", formula="sum of (agent accepts - agent offered) / ANS", unit="seconds",
        direction="down", owner="operations-manager", source=(_TURNED,),
        numerator={"ring_ms": 1}, denominator={"rung": 1_000}),
    Kpi(id="K23", name="Occupancy", formula="sum of (talk + hold + ACW) / sum of (talk + hold + ACW + available)",
        unit="share", direction="none", owner="operations-manager", source=(_SPENT, _TURNED),
        numerator=dict.fromkeys(_HANDLE, 1_000), denominator=dict.fromkeys(_HANDLE, 1_000) | {"available_ms": 1}),
    Kpi(id="K22", name="Utilisation", formula="sum of (talk + hold + ACW) / sum of signed-in time", unit="share",
        direction="up", owner="operations-manager", source=(_SPENT, _SIGNED_IN),
        numerator=dict.fromkeys(_HANDLE, 1_000), denominator={"signed_in_ms": 1}),
    Kpi(id="K24", name="Contacts per hour", formula="HND / signed-in hours", unit="per-hour",
        direction="up", owner="operations-manager", source=("contact: result", _SIGNED_IN),
        numerator={"handled": 3_600_000}, denominator={"signed_in_ms": 1}),
    Kpi(id="K25", name="Staffed time per day", formula="(sum of signed-in time - unpaid breaks) / days", unit="seconds",
        direction="none", owner="wfm-planner", source=(_SIGNED_IN, "contract: kpis"),
        numerator={"signed_in_ms": 86_400, "unpaid_ms": -86_400}, denominator={"period_s": 1_000}),
)  # fmt: skip
"""What contacts, agents' statuses and their turns give together, of agents, teams, sites and the tenant."""

_TRIED: Final = {"arrivals": 1, "refused": 1}
_REFUSED = "CloudWatch: CallsBreachingConcurrencyQuota, ThrottledCalls"

INSTANCE_KPIS: Final[tuple[Kpi, ...]] = (
    Kpi(id="K01", name="Connection rate, inbound", formula="ACC / ARR", unit="share", direction="up",
        owner="operations-manager", source=("contact: connected_at, previous_id", _REFUSED),
        numerator={"accepted": 1}, denominator=_TRIED),
    Kpi(id="K11", name="Blocked-call rate", formula="(ARR - ACC) / ARR", unit="share", direction="down",
        owner="operations-manager", source=("contact: connected_at, previous_id", _REFUSED),
        numerator=_TRIED | {"accepted": -1}, denominator=_TRIED),
)  # fmt: skip
"""What contacts and the instance's refusals give together, of the tenant as a whole."""

EVERY_KPI: Final[tuple[Kpi, ...]] = tuple(sorted((*KPIS, *STAFF_KPIS, *INSTANCE_KPIS), key=lambda kpi: kpi.id))

OF_ALL_OFFERED: Final[Mapping[str, Kpi]] = {
    "service_level": SERVICE_LEVELS["with-flow-outs"],
    "mean_wait_s": Kpi(
        id="mean-wait", name="Mean wait of all offered", formula="sum of queue wait of ANS and ABN / REQ",
        unit="seconds", direction="down", owner="wfm-planner", source=(_WAITED,),
        numerator={"wait_s": 1, "abandon_wait_s": 1}, denominator={"offered": 1},
    ),
    "abandon_share": Kpi(
        id="abandon-share", name="Given up", formula="ABN / REQ", unit="share", direction="down",
        owner="wfm-planner", source=(_CALLED,), numerator={"abandoned": 1}, denominator={"offered": 1},
    ),
}  # fmt: skip
"""Not of the glossary: the figures of queueing models, which a simulated day is held against (docs/simulate.md)."""


def kpis(service_level: str = DEFAULT_SERVICE_LEVEL) -> tuple[Kpi, ...]:
    """Return every KPI that is fed, in order of id, with K03 in the variant that the contract names."""
    return tuple(SERVICE_LEVELS[service_level] if kpi.variant else kpi for kpi in EVERY_KPI)
