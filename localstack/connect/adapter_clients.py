"""Clients of a cloud's services, by service and place."""

import functools
import threading
from typing import Any

import botocore.session
from botocore.config import Config

from localstack.connect.engine.ports import Place

CONCURRENT_INVOCATIONS = 8
DEFAULT_ACCOUNT = "000000000000"
PATIENCE_S = 10.0


class Clients:
    """Clients by service and place. The local cloud lets any key in; it names the account."""

    def __init__(self, endpoint_url: str) -> None:
        self.endpoint_url = endpoint_url.rstrip("/")
        self._lock = threading.Lock()
        self._session = botocore.session.Session()

    @functools.cache  # noqa: B019  lives as long as the process
    def get(self, service: str, place: Place, timeout_s: float = PATIENCE_S) -> Any:
        """One client; made once."""
        own = place.account in ("", DEFAULT_ACCOUNT)
        config = Config(
            proxies={},
            connect_timeout=3,
            read_timeout=timeout_s,
            retries={"total_max_attempts": 1},
            max_pool_connections=CONCURRENT_INVOCATIONS * 2,
            s3={"addressing_style": "path"},
            signature_version="s3v4" if service == "s3" else None,
        )
        with self._lock:
            return self._session.create_client(
                service,
                region_name=place.region,
                endpoint_url=self.endpoint_url,
                aws_access_key_id="test" if own else place.account,
                aws_secret_access_key="test",  # noqa: S106  the local cloud's
                config=config,
            )
