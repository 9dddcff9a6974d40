import http.server
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.platform import clock

NOON = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
type Serve = Callable[[bytes], str]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Start emulators on free ports that answer the clock's path with the given bytes."""
    servers: list[http.server.HTTPServer] = []

    def start(body: bytes) -> str:
        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(200 if self.path == clock.PATH else 404)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Keep the test's output clean."""

        server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
        servers.append(server)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{server.server_port}"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def is_system_time(at: datetime) -> bool:
    return abs(datetime.now(UTC) - at) < timedelta(seconds=30)


def test_without_the_seam_the_clock_is_the_systems() -> None:
    assert clock.from_environment({"AWS_ENDPOINT_URL": "http://127.0.0.1:1"}) is clock.system_now
    assert clock.from_environment({clock.VARIABLE: "emulator"}) is clock.system_now
    assert is_system_time(clock.system_now())


def test_with_the_seam_the_clock_is_the_emulators(serve: Serve) -> None:
    url = serve(b'{"now": "2026-03-02T01:00:00.000000Z", "mode": "virtual"}')
    now = clock.from_environment({clock.VARIABLE: "emulator", "AWS_ENDPOINT_URL": url})
    assert now() == NOON


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"null", b"{}", b'{"now": 3}', b'{"now": "soon"}', b'{"now": "2026-03-02"}']
)
def test_an_emulator_that_talks_nonsense_is_not_believed(serve: Serve, body: bytes) -> None:
    assert is_system_time(clock.EmulatorClock(serve(body))())


def test_an_emulator_that_is_away_costs_nothing_but_a_log_line(caplog: pytest.LogCaptureFixture) -> None:
    assert is_system_time(clock.EmulatorClock("http://127.0.0.1:1")())
    assert "emulator does not tell the time" in caplog.text


@pytest.mark.parametrize(("mode", "stays"), [("virtual", True), ("real", False)])
def test_an_emulator_that_falls_silent_has_told_a_virtual_time_that_stays_and_a_real_one_that_goes_on(
    serve: Serve, mode: str, *, stays: bool, caplog: pytest.LogCaptureFixture
) -> None:
    told = clock.EmulatorClock(serve(b'{"now": "2026-03-02T01:00:00.000000Z", "mode": "%s"}' % mode.encode()))
    assert told() == NOON
    told.endpoint_url = "http://127.0.0.1:1"
    again = told()
    assert (again == NOON) is stays
    assert is_system_time(again) is not stays
    assert "emulator does not tell the time" in caplog.text
