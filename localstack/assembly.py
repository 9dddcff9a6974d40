"""Putting the local cloud together: which part is plugged in where. Imported after the environment is prepared."""

from localstack import (
    bus_streams,
    connect_service,
    firehose_batches,
    function_code,
    function_logs,
    kinesis_poller,
    ses_senders,
)
from localstack import ministack_glue as glue
from localstack.connect.api_participant import ParticipantService
from localstack.connect.control import Control
from localstack.connect.directory import Directory
from localstack.connect.participant_sockets import ParticipantSockets
from localstack.mount import Chats, Mount


class LocalCloud:
    """The whole cloud: `application` is its ASGI application.

    Raises:
        WrongMiniStack: the installed MiniStack is not the pinned one.

    """

    def __init__(self, endpoint_url: str) -> None:
        glue.verify()
        directory = Directory()
        self._control = Control(directory, endpoint_url)
        service = connect_service.plug_in(directory, self._control.driver, self._control.limits, endpoint_url)
        kinesis_poller.plug_in()
        bus_streams.plug_in()
        firehose_batches.plug_in()
        ses_senders.plug_in()
        self._code = function_code.CodeStore()
        function_code.plug_in(self._code)
        function_logs.plug_in()
        chats = (
            None
            if service.engine is None
            else Chats(ParticipantService(service.engine, self._control.limits), ParticipantSockets(service.engine))
        )
        self.application = Mount(glue.reach("ministack.app", "app"), self._control, glue.Policies(), directory, chats)

    def close(self) -> None:
        """Stop the engine and end the processes that run functions, so that nothing outlives the cloud."""
        self._control.close()
        glue.reach("ministack.core.lambda_runtime", "reset")()
        self._code.close()
