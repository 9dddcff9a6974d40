"""Any flow, any function, without a cloud and without the rest of the project: `run` places a call and tells it."""

from localstack.connect.alone.running import Ran, run

__all__ = ["Ran", "run"]
