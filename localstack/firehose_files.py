"""What becomes of gathered records: Parquet files, and what cannot be converted, for the error folder.

Conversion and prefixes are MiniStack's, reached through `Store`. A file that is not stored raises: who gathered its
records keeps them.
"""

import base64
import json
import time
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

from localstack import ministack_glue as glue

type Config = Mapping[str, Any]
"""Configuration of a delivery stream's destination, as CreateDeliveryStream takes it."""

NOT_CONVERTED: Final = "format-conversion-failed"
_OK: Final = range(200, 300)


class Unfit(Exception):
    """A record that cannot be delivered as it is. `kind` is Firehose's error-output-type."""

    def __init__(self, kind: str, code: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind
        self.code = code
        self.message = message


class NotStored(OSError):
    """The bucket did not take a file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Whose delivery stream it is."""

    account: str
    region: str


class Store(Protocol):
    """Port: what MiniStack's Firehose and S3 do."""

    def scope(self) -> Scope:
        """Return whose request is being answered."""

    def prefix(self, config: Config, data: bytes) -> str:
        """Return where a record goes: folder and beginning of the name. Raises Unfit without a partition."""

    def error_prefix(self, config: Config, kind: str) -> str:
        """Return where a record of which `kind` failed goes."""

    def parquet(self, scope: Scope, config: Config, data: bytes) -> bytes:
        """Return records as a Parquet file by the columns of the table. Raises Unfit if one of them has no place."""

    def put(self, scope: Scope, config: Config, key: str, body: bytes) -> None:
        """Store a file. Raises NotStored."""


def sorted_out(
    store: Store, scope: Scope, config: Config, records: Sequence[bytes]
) -> tuple[list[bytes], list[tuple[bytes, Unfit]]]:
    """Return the records that can be converted, and those that cannot with the reason; both in their order."""
    try:
        store.parquet(scope, config, b"".join(records))
    except Unfit as unfit:
        if len(records) == 1:
            return [], [(records[0], unfit)]
        half = len(records) // 2
        fit, odd = sorted_out(store, scope, config, records[:half])
        more_fit, more_odd = sorted_out(store, scope, config, records[half:])
        return [*fit, *more_fit], [*odd, *more_odd]
    return list(records), []


def error_line(config: Config, data: bytes, unfit: Unfit) -> bytes:
    """Return a record as a line of a file in the error folder, as Firehose writes it: the record is `rawData`."""
    now_ms = int(time.time() * 1000)
    told: dict[str, Any] = {
        "attemptsMade": 1,
        "arrivalTimestamp": now_ms,
        "lastErrorCode": unfit.code,
        "lastErrorMessage": unfit.message,
        "attemptEndingTimestamp": now_ms,
        "rawData": base64.b64encode(data).decode(),
    }
    if unfit.kind == NOT_CONVERTED:
        schema = config["DataFormatConversionConfiguration"].get("SchemaConfiguration") or {}
        named = {"databaseName": "DatabaseName", "tableName": "TableName", "versionId": "VersionId"}
        told["dataCatalogTable"] = {ours: schema.get(theirs) for ours, theirs in named.items()}
    return json.dumps(told).encode() + b"\n"


def name(stream: str, ending: str = "") -> str:
    """Return the name of a new file of a delivery stream."""
    return f"{stream}-{time.strftime('%Y-%m-%d-%H-%M-%S', time.gmtime())}-{uuid.uuid4()}{ending}"


class MiniStack:
    """The store as it is: MiniStack's own functions."""

    def scope(self) -> Scope:
        """Return whose request is being answered."""
        account, region = glue.account_and_region()
        return Scope(account=account, region=region)

    def prefix(self, config: Config, data: bytes) -> str:
        """Return where a record goes."""
        return str(_asked("_evaluate_prefix", config.get("Prefix", ""), _now(config), _keys(config, data)))

    def error_prefix(self, config: Config, kind: str) -> str:
        """Return where a record of which `kind` failed goes: Firehose's own folder unless the template names one."""
        prefix = config.get("ErrorOutputPrefix") or f"{kind}/!{{timestamp:yyyy/MM/dd/HH}}/"
        return str(_firehose("_evaluate_prefix")(prefix, _now(config), error_type=kind))

    def parquet(self, scope: Scope, config: Config, data: bytes) -> bytes:
        """Return records as a Parquet file."""
        with glue.acting_as(scope.account, scope.region):
            made: bytes = _asked("_convert_to_parquet", config["DataFormatConversionConfiguration"], data)
            return made

    def put(self, scope: Scope, config: Config, key: str, body: bytes) -> None:
        """Store a file. Raises NotStored."""
        bucket = _firehose("_s3_bucket_from_arn")(config["BucketARN"])
        with glue.acting_as(scope.account, scope.region):
            status, said = glue.put_object(bucket, key, body)
        if status not in _OK:
            msg = f"s3://{bucket}/{key}: {status} {said[:200]!r}"
            raise NotStored(msg)


def _keys(config: Config, data: bytes) -> Any:
    if not (config.get("DynamicPartitioningConfiguration") or {}).get("Enabled"):
        return None
    return _asked("_metadata_extraction_keys", config, data)


def _now(config: Config) -> Any:
    return _firehose("_arrival_time")(config)


def _asked(function: str, *arguments: Any) -> Any:
    """Return what a function of MiniStack answers; Unfit for its own kind of refusal."""
    try:
        return _firehose(function)(*arguments)
    except _firehose("_DeliveryError") as refused:
        raise Unfit(refused.output_type, refused.code or "", refused.message) from refused


def _firehose(wanted: str) -> Any:
    return glue.reach("ministack.services.firehose", wanted)
