"""`python -m localstack`: run the local cloud in the foreground."""

import argparse
import sys
from pathlib import Path

from localstack.server import DEFAULT_PORT, PortTaken, Settings, run


def main() -> int:
    """Run until a signal; 1 when it cannot start."""
    parser = argparse.ArgumentParser(
        prog="python -m localstack", description="The local cloud: AWS on one loopback port"
    )
    parser.add_argument("--port", type=int, default=DEFAULT_PORT, help=f"port on 127.0.0.1 (default {DEFAULT_PORT})")
    parser.add_argument(
        "--data", type=Path, help="folder for the unpacked code of functions (default: a temporary one)"
    )
    parser.add_argument("--verbose", action="store_true", help="write a line for every request")
    arguments = parser.parse_args()
    try:
        run(Settings(port=arguments.port, data=arguments.data, verbose=arguments.verbose))
    except (PortTaken, RuntimeError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
