"""Alarms about agents and what goes on at this moment. Pure."""

from collections.abc import Iterator, Mapping
from typing import Final

from infra.cdk.watched import Alarm, Watched

_LIVE: Final[Mapping[str, tuple[str, str, float, int, str]]] = {
    "threshold-raised": (
        *("ThresholdsRaised", "Maximum", 0.0, 1),
        "Something that the contract watches (realtime.thresholds) is above its level (RTM-01).",
    ),
    "live-view-differs": (
        *("LiveDiffers", "Minimum", 0.0, 5),
        "Amazon Connect has said another thing than our events for five minutes: events are lost (RTM-01).",
    ),
}
"""Metric, statistic, level, minutes in a row and meaning."""


def alarms(watched: Watched) -> Iterator[Alarm]:
    """Yield what tells that decisions do without the agents, that seats are used up, or that a threshold is raised."""
    yield Alarm(
        name="floor-unknown",
        meaning="Decisions that need the state of agents did without it: missing, or older than floor_max_age_s.",
        metric=watched.said_by("route_contact", "FloorUnknown"),
        periods=3,
    )
    yield Alarm(
        name="overrides-unknown",
        meaning="Decisions could not read what a supervisor has changed: they follow what they read before (ACD-02).",
        metric=watched.said_by("route_contact", "OverridesUnknown"),
    )
    yield Alarm(
        name="agent-events-behind",
        meaning="Agent events have waited more than half a minute: decisions know the agents as they were then.",
        metric=watched.of_function("ingest_agent_events", "IteratorAge"),
        statistic="Maximum",
        above=30_000,
        periods=3,
    )
    yield Alarm(
        name="seats-refused",
        meaning="An agent was signed off because every seat of the contract is taken (TEN-08).",
        metric=watched.said_by("ingest_agent_events", "SeatsRefused"),
    )
    for name, (metric, statistic, above, periods, meaning) in _LIVE.items():
        yield Alarm(
            name=name,
            meaning=meaning,
            metric=watched.said_by("ingest_agent_events", metric),
            statistic=statistic,
            above=above,
            periods=periods,
        )
