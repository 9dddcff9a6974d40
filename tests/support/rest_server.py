"""The REST API on a port of loopback, as API Gateway would hand requests on: for tools that speak HTTP."""

import json
import re
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from chalice.app import Chalice

_LOCK = threading.Lock()
"""Chalice keeps the current request on the application: one at a time."""


class _Server(ThreadingHTTPServer):
    """Knows the app, its paths as patterns, and whose token is whose."""

    def __init__(self, app: Chalice, users: Mapping[str, Mapping[str, str]]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.app = app
        self.users = users
        self.patterns = {path: re.compile(re.sub(r"{(\w+)}", r"(?P<\1>[^/]+)", path)) for path in app.routes}

    def route(self, path: str) -> tuple[str, dict[str, str]] | None:
        """Return the route of `path` and the parts of it that have names."""
        hits = ((name, pattern.fullmatch(path)) for name, pattern in self.patterns.items())
        return next(((name, hit.groupdict()) for name, hit in hits if hit), None)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # head and body leave together: else the client's delayed acknowledgement costs 40 ms a request
    server: _Server

    def __getattr__(self, name: str) -> Any:
        if name.startswith("do_"):  # whatever method there may be
            return self._serve
        raise AttributeError(name)

    def _serve(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode("utf-8", "replace")
        found = self.server.route(urlsplit(self.path).path)
        if found is None or self.command not in self.server.app.routes[found[0]]:
            self._refuse(404 if found is None else 405)
        elif self.headers.get("Authorization", "") not in self.server.users:
            self._refuse(401)
        else:
            with _LOCK:
                answer = self.server.app(self._event(*found, body), None)
            self._answer(answer["statusCode"], answer["headers"], answer["body"])

    def _refuse(self, status: int) -> None:
        title = {401: "Unauthorized", 404: "Not found", 405: "Method not allowed"}[status]
        problem = {"type": "about:blank", "title": title, "status": status, "detail": title, "code": "rejected"}
        found = self.server.route(urlsplit(self.path).path)
        allowed = ", ".join(self.server.app.routes[found[0]]) if found else ""
        headers = {"Content-Type": "application/problem+json", "Allow": allowed}
        self._answer(status, headers, json.dumps({**problem, "instance": self.path}))

    def _event(self, resource: str, parts: Mapping[str, str], body: str) -> dict[str, Any]:
        url = urlsplit(self.path)
        return {
            "requestContext": {
                "httpMethod": self.command,
                "resourcePath": resource,
                "path": url.path,
                "requestId": "loopback",
                "identity": {"sourceIp": "127.0.0.1"},
                "authorizer": {"claims": dict(self.server.users[self.headers["Authorization"]])},
            },
            "headers": dict(self.headers),
            "multiValueHeaders": {},
            "multiValueQueryStringParameters": parse_qs(url.query, keep_blank_values=True) or None,
            "pathParameters": {name: unquote(part) for name, part in parts.items()} or None,
            "stageVariables": None,
            "body": body or None,
            "isBase64Encoded": False,
        }

    def _answer(self, status: int, headers: Mapping[str, str], body: str) -> None:
        data = body.encode()
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)

    def log_message(self, *_: Any) -> None:
        """Keep the output of tools clean."""


@contextmanager
def serving(app: Chalice, users: Mapping[str, Mapping[str, str]]) -> Iterator[str]:
    """Yield the address; a request whose Authorization header is one of the tokens of `users` carries their claims.

    As at the gateway a request with no or another token is 401, a path that no route has 404, a method that it has
    not 405.
    """
    server = _Server(app, users)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
