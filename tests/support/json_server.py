"""A small HTTP server on loopback that answers JSON requests by a function: the other end of a client under test."""

import contextlib
import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Answer = Callable[[str, str, Any], tuple[int, Any]]
"""(method, path with query, body or None) -> (status, body of the answer; bytes are sent as they are)."""


Asked = Callable[[str, str, dict[str, str], Any], tuple[int, Any]]
"""The same with the headers, in lower case, before the body."""


def serving(answer: Answer) -> contextlib.AbstractContextManager[str]:
    """Return what yields the address at which `answer` is asked; the server ends with the context."""
    return serving_with_headers(lambda method, path, _headers, body: answer(method, path, body))


@contextlib.contextmanager
def serving_with_headers(answer: Asked) -> Iterator[str]:
    """Yield the address at which `answer` is asked; the server ends with the context."""

    class Handler(BaseHTTPRequestHandler):
        def _serve(self) -> None:
            raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            status, body = answer(self.command, self.path, headers, json.loads(raw) if raw else None)
            data = body if isinstance(body, bytes) else json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_POST = do_PUT = do_DELETE = _serve  # noqa: N815 - names that http.server asks for

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    with listening(Handler) as address:
        yield address


@contextlib.contextmanager
def listening(handler: type[BaseHTTPRequestHandler]) -> Iterator[str]:
    """Yield the address of a server whose requests `handler` takes; it ends with the context."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
