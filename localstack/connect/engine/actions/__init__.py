"""The units of all action types that the engine runs. Importing this package fills the registry."""

from localstack.connect.engine.actions import (
    bots,
    cases,
    checks,
    contact_data,
    functions,
    inputs,
    media,
    profiles,
    prompts,
    queueing,
    reaching_out,
    recording,
    screens,
    sequence,
    services,
    tables,
)

__all__ = [
    "bots",
    "cases",
    "checks",
    "contact_data",
    "functions",
    "inputs",
    "media",
    "profiles",
    "prompts",
    "queueing",
    "reaching_out",
    "recording",
    "screens",
    "sequence",
    "services",
    "tables",
]
