"""A rehearsed loss (REL-06): the tenant's table is emptied, restored, compared item by item, and the time taken.

The source is an on-demand backup, because the local cloud's point-in-time recovery knows no instant but the present. On
AWS it is `RestoreTableToPointInTime`, and every other step is the same (docs/runbooks/restore.md).
"""

import datetime as dt
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from chalicelib.tenancy.contract_security import Recovery
from cli import aws, streams, table_copies
from cli.table_copies import Difference, Filled

TABLES: Final = ("TableName", "AuditTableName")
"""Outputs of the stack: both are restored into fresh tables and compared; only the first one is emptied."""

_DEADLINE_S: Final = 60.0
_A_MOMENT_S: Final = 0.1
_EARLIER_S: Final = 15
"""So much before the backup the telling begins: what was in a function's hands then is not in it, and clocks are not
exact. What is told twice counts once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """One table that was restored beside its original: how many items, and what was not as when it was backed up."""

    table: str
    items: int
    difference: Difference
    broken: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rehearsal:
    """What a rehearsal found. Times in seconds of the wall clock.

    `recovery_s` runs from the loss until every figure is back, `point_s` from the backup to the loss. `told_again` is
    how many records, events and recordings were told once more. `lost` are the items that neither the backup nor they
    brought back, by kind; what only says what goes on now is not among them. `totals_before` and `totals_after` are
    the sums of all counters at the loss and at the end.
    """

    tenant: str
    promised: Recovery
    copies: tuple[Copy, ...]
    emptied: int
    put_back: int
    newer_kept: int
    told_again: int
    lost: Mapping[str, int]
    totals_before: Mapping[str, int]
    totals_after: Mapping[str, int]
    recovery_s: float
    point_s: float

    @property
    def problems(self) -> tuple[str, ...]:
        """What would not be accepted of a real recovery; empty: the rehearsal passed."""
        short = [name for name, was in self.totals_before.items() if self.totals_after.get(name, 0) < was]
        found = {
            "the restored copy differs from its original": not all(copy.difference.none for copy in self.copies),
            "contacts do not fit their digests": any(copy.broken for copy in self.copies),
            f"items were lost: {dict(self.lost)}": bool(self.lost),
            f"counters lack bookings: {', '.join(short)}": bool(short),
            f"it took longer than {self.promised.time_min} min": self.recovery_s > self.promised.time_min * 60,
            f"more than {self.promised.point_min} min were lost": self.point_s > self.promised.point_min * 60,
        }
        return tuple(text for text, holds in found.items() if holds)


type Deed = Callable[[], object]


@dataclass(frozen=True, slots=True)
class Rehearsing:
    """Rehearses on one tenant of the local cloud. Whatever happens, the tenant gets its data back."""

    stack: aws.Stack
    url: str
    promised: Recovery

    def run(self, *, after_backup: Deed, while_gone: Deed) -> Rehearsal:
        """Back up, lose, restore and compare; the two deeds happen at the moments that their names tell.

        `while_gone` may place calls: their records wait on the stream, and are counted when the data is back.
        """
        dynamodb, table = self._client("dynamodb"), self.stack.output("TableName")
        taken = {name: self._backed_up(name) for name in map(self.stack.output, TABLES)}
        backups = {name: backup for name, (backup, _) in taken.items()}
        wanted = {name: prints for name, (_, prints) in taken.items()}
        backed_up_at = time.time()
        after_backup()
        before = list(table_copies.read(dynamodb, table))
        restored = {name: f"{name}-restored" for name in backups}
        try:
            lost_at = time.time()
            emptied, filled = self._lost_and_restored(backups, restored, while_gone)
            told = self._told_again(dt.datetime.fromtimestamp(backed_up_at - _EARLIER_S, dt.UTC))
            lost = self._settled(before)
            recovery_s = time.time() - lost_at
            copies = tuple(self._judged(name, restored[name], wanted[name]) for name in backups)
        finally:
            self._remove(backups, restored)
        after = list(table_copies.read(dynamodb, table))
        return Rehearsal(
            tenant=self.stack.tenant,
            promised=self.promised,
            copies=copies,
            emptied=emptied,
            put_back=filled.put,
            newer_kept=filled.kept,
            told_again=told,
            lost=lost,
            totals_before=table_copies.totals(before),
            totals_after=table_copies.totals(after),
            recovery_s=recovery_s,
            point_s=lost_at - backed_up_at,
        )

    def _lost_and_restored(
        self, backups: Mapping[str, str], restored: Mapping[str, str], while_gone: Deed
    ) -> tuple[int, Filled]:
        """Empty the table, let happen what happens meanwhile, and put back what was backed up."""
        dynamodb, table = self._client("dynamodb"), self.stack.output("TableName")
        kinesis = self._client("kinesis")
        with streams.held(self._client("lambda"), [streams.arn(kinesis, name) for name in self._streams]):
            emptied = table_copies.empty(dynamodb, table)
            try:
                while_gone()
            finally:
                for name, arn in backups.items():
                    self._restore(arn, restored[name])
                filled = table_copies.fill(dynamodb, restored[table], table)
        return emptied, filled

    @property
    def _streams(self) -> list[str]:
        return [self.stack.output(name) for name in ("ContactRecordStream", "AgentEventStream")]

    def _told_again(self, at: dt.datetime) -> int:
        """Let streams and recordings tell what came since `at`; return how much that was."""
        told = sum(streams.again(self._client("kinesis"), name, at) for name in self._streams)
        return told + streams.stored_again(self._client("s3"), self.stack.output("RecordingBucket"), at)

    def _client(self, service: str) -> Any:
        return aws.client(service, self.url)

    def _backed_up(self, table: str) -> tuple[str, table_copies.Prints]:
        """Back a table up at an instant at which nobody wrote; return the backup and what is in it.

        Raises:
            RuntimeError: there was no such instant for a minute.

        """
        dynamodb = self._client("dynamodb")
        end = time.monotonic() + _DEADLINE_S
        while time.monotonic() < end:
            earlier = table_copies.prints(table_copies.read(dynamodb, table))
            made = dynamodb.create_backup(TableName=table, BackupName="rehearsal")["BackupDetails"]["BackupArn"]
            if table_copies.prints(table_copies.read(dynamodb, table)) == earlier:
                return str(made), earlier
            dynamodb.delete_backup(BackupArn=made)
        msg = f"{table} is written to without a pause: a backup of it cannot be compared with it"
        raise RuntimeError(msg)

    def _restore(self, arn: str, target: str) -> None:
        dynamodb = self._client("dynamodb")
        dynamodb.restore_table_from_backup(TargetTableName=target, BackupArn=arn)
        _until(lambda: dynamodb.describe_table(TableName=target)["Table"]["TableStatus"] == "ACTIVE")

    def _judged(self, table: str, restored: str, wanted: table_copies.Prints) -> Copy:
        found = list(table_copies.read(self._client("dynamodb"), restored))
        difference = table_copies.compare(wanted, table_copies.prints(found))
        return Copy(table=table, items=len(found), difference=difference, broken=table_copies.broken(found))

    def _settled(self, before: list[table_copies.Item]) -> Mapping[str, int]:
        """Wait until all that was there is there again and no counter is short; return what is not, by kind."""
        wanted = set(filter(table_copies.is_kept, map(table_copies.key_of, before)))
        totals = table_copies.totals(before)
        dynamodb, table = self._client("dynamodb"), self.stack.output("TableName")
        missing: set[table_copies.Key] = wanted

        def whole() -> bool:
            nonlocal missing
            found = list(table_copies.read(dynamodb, table))
            missing = wanted - {table_copies.key_of(item) for item in found}
            now = table_copies.totals(found)
            return not missing and all(now.get(name, 0) >= count for name, count in totals.items())

        _until(whole)
        return dict(sorted(Counter(map(table_copies.kind_of, missing)).items()))

    def _remove(self, backups: Mapping[str, str], restored: Mapping[str, str]) -> None:
        dynamodb = self._client("dynamodb")
        there = set(dynamodb.list_tables()["TableNames"])
        for name, arn in backups.items():
            dynamodb.delete_backup(BackupArn=arn)
            if restored[name] in there:
                dynamodb.delete_table(TableName=restored[name])


def _until(done: Callable[[], bool]) -> bool:
    """Wait until `done`, a minute at most; return whether it came to that."""
    end = time.monotonic() + _DEADLINE_S
    while not done():
        if time.monotonic() > end:
            return False
        time.sleep(_A_MOMENT_S)
    return True
