"""Messages by template, as StartOutboundEmailContact, SendOutboundEmail and StartOutboundChatContact name them (12)."""

import json
from collections.abc import Mapping
from typing import Any

from localstack.connect.api_errors import InvalidRequest, ResourceNotFound
from localstack.connect.directory import Instance
from localstack.connect.engine.providers.templates import Written
from localstack.connect.engine.world import World

PROFILE = "Customer."
"""Variables of customer profiles begin so: {{Attributes.Customer.FirstName}}."""


def written(world: World, instance: Instance, config: Mapping[str, Any] | None, channel: str) -> Written:
    """What TemplatedMessageConfig asks for.

    Raises:
        InvalidRequest: there is no config, or its profile attributes cannot be read.
        ResourceNotFound: there is no such template for the channel.

    """
    if config is None:
        msg = "MessageSourceType TEMPLATE needs a TemplatedMessageConfig"
        raise InvalidRequest(msg)
    base, name = config["KnowledgeBaseId"], config["MessageTemplateId"]
    found = world.providers(instance).templates.write(base, name, channel, _values(config["TemplateAttributes"]))
    if found is None:
        msg = f"Message template not found: {name} of knowledge base {base}, for {channel}"
        raise ResourceNotFound(msg)
    return found


def _values(given: Mapping[str, Any]) -> dict[str, str]:
    """The values of variables by their names; CustomerProfileAttributes is a JSON object in a text."""
    custom = dict(given.get("CustomAttributes") or {})
    try:
        profile = json.loads(given.get("CustomerProfileAttributes") or "{}")
        known = {f"{PROFILE}{key[:1].upper()}{key[1:]}": str(value) for key, value in profile.items()}
    except (ValueError, AttributeError) as error:
        msg = "CustomerProfileAttributes is no JSON object"
        raise InvalidRequest(msg) from error
    return {**known, **custom}
