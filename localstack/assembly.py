"""Putting the local cloud together: which part is plugged in where. Imported after the environment is prepared."""

from localstack import connect_service, kinesis_poller
from localstack import ministack_glue as glue
from localstack.connect.directory import Directory
from localstack.mount import Application, Mount, load_control


def assemble(endpoint_url: str) -> Application:
    """The whole cloud as one ASGI application.

    Raises:
        WrongMiniStack: the installed MiniStack is not the pinned one.

    """
    glue.verify()
    directory = Directory()
    connect_service.plug_in(directory)
    kinesis_poller.plug_in()
    return Mount(glue.reach("ministack.app", "app"), load_control(directory, endpoint_url), directory)


def end_workers() -> None:
    """End the processes that run functions, so that none outlives the cloud."""
    glue.reach("ministack.core.lambda_runtime", "reset")()
