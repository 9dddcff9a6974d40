"""An endpoint on loopback that answers as DynamoDB does, refuses, or says nothing: real clients against trouble."""

import http.server
import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

type Answer = Callable[[], tuple[int, Mapping[str, Any]] | None]
"""Returns status and body, or None to say nothing until the endpoint is closed."""


class DynamoEndpoint(http.server.ThreadingHTTPServer):
    """Counts what is asked by operation and answers every request by `answer`."""

    daemon_threads = True
    block_on_close = False

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answer: Answer = no_items
        self.asked: list[str] = []
        self.closing = threading.Event()

    @property
    def url(self) -> str:
        """Return the address for AWS_ENDPOINT_URL."""
        return f"http://127.0.0.1:{self.server_port}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Ignore a client that has given up waiting: that is what some tests are about."""


class _Handler(http.server.BaseHTTPRequestHandler):
    server: DynamoEndpoint

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.server.asked.append(self.headers["X-Amz-Target"].rpartition(".")[2])
        answer = self.server.answer()
        if answer is None:
            self.server.closing.wait()
            return
        status, value = answer
        body = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/x-amz-json-1.0")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Keep the output of tests clean."""


def no_items() -> tuple[int, Mapping[str, Any]]:
    """Answer that nothing is kept."""
    return 200, {"Items": [], "Count": 0, "ScannedCount": 0}


def items(*found: Mapping[str, Any]) -> Answer:
    """Answer with these items in DynamoDB's own form."""
    return lambda: (200, {"Items": list(found), "Count": len(found), "ScannedCount": len(found)})


def refuses(code: str, status: int = 400) -> Answer:
    """Answer with the error `code`."""
    return lambda: (status, {"__type": f"com.amazonaws.dynamodb.v20120810#{code}", "message": "no"})


def silence() -> None:
    """Say nothing."""


@contextmanager
def serving() -> Iterator[DynamoEndpoint]:
    """Serve on a free port of loopback until the block ends."""
    endpoint = DynamoEndpoint()
    thread = threading.Thread(target=endpoint.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield endpoint
    finally:
        endpoint.closing.set()
        endpoint.shutdown()
        thread.join()
        endpoint.server_close()
