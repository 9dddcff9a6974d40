"""The emulator's Amazon Connect API over a world in the test's own thread: a request is answered at once."""

from collections.abc import Callable
from concurrent.futures import Future
from datetime import datetime
from typing import TYPE_CHECKING, Any, cast

from localstack.connect.api_engine import Engine
from localstack.connect.engine.world import World
from tests.support.connect_calls import Connect
from tests.support.connect_client import Client
from tests.support.connect_world import Small

if TYPE_CHECKING:
    from localstack.connect.driver import Driver


class InPlace:
    """What the API needs of a driver, without its thread."""

    def __init__(self, world: World) -> None:
        self.world = world

    @property
    def now(self) -> datetime:
        return self.world.now

    def call[T](self, do: Callable[[World], T]) -> "Future[T]":
        answer: Future[T] = Future()
        answer.set_result(do(self.world))
        return answer


def connect_client(small: Small) -> Any:
    """A client with the methods of boto3's for the instance of `small`, which may place calls."""
    small.instance.attributes = {**small.instance.attributes, "OUTBOUND_CALLS": True}
    return Client(Connect(small.directory, Engine(cast("Driver", InPlace(small.world)))))
