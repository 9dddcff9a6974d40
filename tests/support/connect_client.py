"""A client of the emulator's API with the methods of boto3's, without a network."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import botocore.session
from botocore import xform_name
from botocore.exceptions import ClientError

from localstack.connect.api_model import service_model
from tests.support.connect_calls import Connect, Refused

PAGINATORS = botocore.session.get_session().get_paginator_model("connect")
OPERATIONS = {xform_name(name): name for name in service_model().operation_names}


@dataclass(frozen=True)
class Pages:
    """A paginator: follows NextToken."""

    client: "Client"
    method: str

    def paginate(self, **parameters: Any) -> Iterator[dict[str, Any]]:
        page = getattr(self.client, self.method)(**parameters)
        yield page
        while token := page.get("NextToken"):
            page = getattr(self.client, self.method)(**parameters, NextToken=token)
            yield page


@dataclass(frozen=True)
class Client:
    """`client.list_queues(InstanceId=...)` and `client.get_paginator("list_queues")`; refusals are ClientErrors."""

    connect: Connect

    def get_paginator(self, method: str) -> Pages:
        PAGINATORS.get_paginator(OPERATIONS[method])  # a KeyError or ValueError where botocore has none
        return Pages(self, method)

    def __getattr__(self, method: str) -> Callable[..., dict[str, Any]]:
        operation = OPERATIONS[method]

        def call(**parameters: Any) -> dict[str, Any]:
            try:
                return self.connect(operation, **parameters)
            except Refused as refused:
                found = {**refused.document, "Error": {"Code": refused.code, "Message": str(refused)}}
                raise ClientError(found, operation) from refused

        return call
