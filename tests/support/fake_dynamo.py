"""DynamoDB in memory, as far as stores of ours need it: conditions, transactions, queries on table and indexes.

It speaks the low-level client's language, raises botocore's own errors, and understands only the expressions that the
product uses; anything else is an error, so that a store cannot rely on what the fake happens to do. The same tests run
on it and on the local cloud.
"""

import copy
import functools
import re
import threading
from collections.abc import Callable, Mapping
from typing import Any, cast

from botocore.exceptions import ClientError

from chalicelib.contacts.items import LISTED
from chalicelib.platform.dynamo import decode_value

type Item = dict[str, dict[str, Any]]
type Key = tuple[str, str]

_AUDIT = "#AUDIT#"

_CLAUSE = re.compile(r"(attribute_(?:not_)?exists)\((\S+)\)|(\S+) ([=<]) (\S+)|(\S+) (BETWEEN) (\S+) AND (\S+)")


class FakeDynamo:
    """One table with the keys pk and sk and the indexes gsi1 and gsi2. Thread safe: every call is atomic.

    An index shows what the tenant's table projects into it, and of an entry of the audit trail everything.

    `before` is called with the operation's name before each call and may raise what the call then fails with.
    """

    def __init__(self, before: Callable[[str], None] = lambda _: None) -> None:
        self.items: dict[Key, Item] = {}
        self.calls: list[str] = []
        self.asked: list[Any] = []
        """Every request that a real client sent over HTTP, as it stood (`rest_table.over_http`)."""
        self.before = before
        self._lock = threading.Lock()
        self._tokens: set[str] = set()

    def transact_write_items(self, **request: Any) -> Mapping[str, Any]:
        """Write all or nothing; a repeated token does nothing."""
        self._enter("TransactWriteItems")
        with self._lock:
            actions = [next(iter(action.items())) for action in request["TransactItems"]]
            token = request.get("ClientRequestToken")
            if token and token in self._tokens:
                return {}
            keys = [_key_of(kind, body) for kind, body in actions]
            if len(set(keys)) != len(keys):
                raise _error("ValidationException", "TransactWriteItems")
            reasons = [self._reason(key, body) for key, (_, body) in zip(keys, actions, strict=True)]
            if any(reason["Code"] != "None" for reason in reasons):
                raise _error("TransactionCanceledException", "TransactWriteItems", reasons)
            for key, (kind, body) in zip(keys, actions, strict=True):
                self._apply(key, kind, body)
            self._tokens |= {token} if token else set()
            return {}

    def query(self, **request: Any) -> Mapping[str, Any]:
        """Return one page; `Limit` counts before the filter, as in DynamoDB."""
        self._enter("Query")
        with self._lock:
            index = request.get("IndexName", "")
            sort = f"{index}sk" if index else "sk"
            found = [item for item in self.items.values() if sort in item and _holds(request, "Key", item)]
            found.sort(key=lambda item: (item[sort]["S"], item["pk"]["S"]))
            if not request.get("ScanIndexForward", True):
                found.reverse()
            if start := request.get("ExclusiveStartKey"):
                place = next((n for n, item in enumerate(found) if _same(item, start)), None)
                found = _beyond(found, start, sort, request) if place is None else found[place + 1 :]
            page = found[: request.get("Limit", len(found))]
            answer: dict[str, Any] = {"Items": [_shown(i, index) for i in page if _holds(request, "Filter", i)]}
            if len(found) > len(page) or (page and len(page) == request.get("Limit")):
                names = {"pk", "sk"} | ({f"{index}pk", sort} if index else set())
                answer["LastEvaluatedKey"] = {name: page[-1][name] for name in names}
            return answer

    def put_item(self, **request: Any) -> Mapping[str, Any]:
        """Write one item if its condition is met."""
        self._enter("PutItem")
        with self._lock:
            key = _key_of("Put", request)
            reason = self._reason(key, request)
            if reason["Code"] != "None":
                error = _error("ConditionalCheckFailedException", "PutItem")
                cast("dict[str, Any]", error.response).update({"Item": reason["Item"]} if "Item" in reason else {})
                raise error
            self._apply(key, "Put", request)
            return {}

    def update_item(self, **request: Any) -> Mapping[str, Any]:
        """Change one item if its condition is met."""
        self._enter("UpdateItem")
        with self._lock:
            key = _key_of("Update", request)
            if self._reason(key, request)["Code"] != "None":
                raise _error("ConditionalCheckFailedException", "UpdateItem")
            self._apply(key, "Update", request)
            return {}

    def delete_item(self, **request: Any) -> Mapping[str, Any]:
        """Delete one item, if it is there."""
        self._enter("DeleteItem")
        with self._lock:
            self._apply(_key_of("Delete", request), "Delete", request)
            return {}

    def get_item(self, **request: Any) -> Mapping[str, Any]:
        """Return one item."""
        self._enter("GetItem")
        with self._lock:
            item = self.items.get((request["Key"]["pk"]["S"], request["Key"]["sk"]["S"]))
            return {"Item": copy.deepcopy(item)} if item else {}

    def batch_get_item(self, **request: Any) -> Mapping[str, Any]:
        """Return the items of one table that exist, in no promised order (here: backwards)."""
        self._enter("BatchGetItem")
        with self._lock:
            ((table, asked),) = request["RequestItems"].items()
            keys = [(key["pk"]["S"], key["sk"]["S"]) for key in reversed(asked["Keys"])]
            found = [copy.deepcopy(self.items[key]) for key in keys if key in self.items]
            return {"Responses": {table: found}, "UnprocessedKeys": {}}

    def _enter(self, operation: str) -> None:
        self.calls.append(operation)
        self.before(operation)

    def _reason(self, key: Key, body: Mapping[str, Any]) -> dict[str, Any]:
        old = self.items.get(key)
        if _holds(body, "Condition", old or {}):
            return {"Code": "None"}
        wants_old = body.get("ReturnValuesOnConditionCheckFailure") == "ALL_OLD"
        return {"Code": "ConditionalCheckFailed"} | ({"Item": copy.deepcopy(old)} if wants_old and old else {})

    def _apply(self, key: Key, kind: str, body: Mapping[str, Any]) -> None:
        if kind == "Put":
            self.items[key] = copy.deepcopy(body["Item"])
        elif kind == "Delete":
            self.items.pop(key, None)
        elif kind == "Update":
            item = self.items.setdefault(key, {"pk": {"S": key[0]}, "sk": {"S": key[1]}})
            for verb, name, value in _changes(body):
                if verb == "ADD":
                    item[name] = {"N": str(int(item.get(name, {"N": "0"})["N"]) + int(value["N"]))}
                elif verb == "SET":
                    item[name] = copy.deepcopy(value)
                else:
                    item.pop(name, None)
        elif kind != "ConditionCheck":
            raise _error("ValidationException", "TransactWriteItems")


def _changes(body: Mapping[str, Any]) -> list[tuple[str, str, Any]]:
    """Return verb, attribute and value of each change: `ADD #a :a`, `SET #a = :a`, `REMOVE #a`, of one or several."""
    found: list[tuple[str, str, Any]] = []
    for verb, rest in re.findall(r"(ADD|SET|REMOVE) (.+?)(?= (?:ADD|SET|REMOVE) |$)", body["UpdateExpression"]):
        for part in rest.split(", "):
            name, *value = part.replace(" = ", " ").split()
            assert len(value) == (verb != "REMOVE"), body["UpdateExpression"]
            found.append((verb, _name(name, body), body["ExpressionAttributeValues"][value[0]] if value else None))
    return found


def _shown(item: Item, index: str) -> Item:
    """Return what a query shows of an item: all of it, or what is in the index."""
    whole = not index or _AUDIT in item["pk"]["S"]
    shown = item.keys() if whole else item.keys() & {"pk", "sk", f"{index}pk", f"{index}sk", *LISTED}
    return copy.deepcopy({name: item[name] for name in item if name in shown})


def _key_of(kind: str, body: Mapping[str, Any]) -> Key:
    key = body["Item"] if kind == "Put" else body["Key"]
    return key["pk"]["S"], key["sk"]["S"]


def _holds(request: Mapping[str, Any], which: str, item: Item) -> bool:
    """Evaluate Key-, Filter- or ConditionExpression: clauses joined by AND, such groups by OR, no brackets."""
    expression: str = request.get({"Key": "KeyConditionExpression"}.get(which, f"{which}Expression"), "")
    return any(all(_clause_holds(clause, request, item) for clause in group) for group in _groups(expression))


@functools.lru_cache(maxsize=256)
def _groups(expression: str) -> list[list[re.Match[str]]]:
    """Return the clauses of an expression, taken apart once: a query asks them of every item of the table."""
    return [[_clause(text) for text in re.split(r" AND (?!:)", group) if text] for group in expression.split(" OR ")]


def _clause(text: str) -> re.Match[str]:
    found = _CLAUSE.fullmatch(text)
    assert found, f"the fake does not know the expression {text!r}"
    return found


def _clause_holds(found: re.Match[str], request: Mapping[str, Any], item: Item) -> bool:
    values = request.get("ExpressionAttributeValues", {})
    if found[1]:
        return (_name(found[2], request) in item) == (found[1] == "attribute_exists")
    if found[4] == "=":
        return bool(item.get(_name(found[3], request)) == values[found[5]])
    if found[4] == "<":
        held = item.get(_name(found[3], request))
        return held is not None and bool(decode_value(held) < decode_value(values[found[5]]))
    value = item.get(_name(found[6], request), {}).get("S", "")
    return bool(values[found[8]]["S"] <= value <= values[found[9]]["S"])


def _name(text: str, request: Mapping[str, Any]) -> str:
    return str(request["ExpressionAttributeNames"][text]) if text.startswith("#") else text


def _same(item: Item, key: Item) -> bool:
    return all(item.get(name) == value for name, value in key.items())


def _beyond(found: list[Item], start: Item, sort: str, request: Mapping[str, Any]) -> list[Item]:
    place = start[sort]["S"]
    forward = request.get("ScanIndexForward", True)
    return [item for item in found if (item[sort]["S"] > place if forward else item[sort]["S"] < place)]


def _error(code: str, operation: str, reasons: list[dict[str, Any]] | None = None) -> ClientError:
    response: Any = {"Error": {"Code": code, "Message": code}, "ResponseMetadata": {"HTTPStatusCode": 400}}
    if reasons is not None:
        response["CancellationReasons"] = reasons
    return ClientError(response, operation)


def failure(code: str) -> ClientError:
    """Return the error that a refused call raises, for `before`."""
    return _error(code, "Any")
