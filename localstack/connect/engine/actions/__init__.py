"""The units of all action types that the engine runs. Importing this package fills the registry."""

from localstack.connect.engine.actions import (
    checks,
    contact_data,
    functions,
    inputs,
    participants,
    prompts,
    queueing,
    reaching_out,
    recording,
    sequence,
)

__all__ = [
    "checks",
    "contact_data",
    "functions",
    "inputs",
    "participants",
    "prompts",
    "queueing",
    "reaching_out",
    "recording",
    "sequence",
]
