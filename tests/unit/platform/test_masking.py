import json
import logging
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.platform import masking, observability

CONTACT = "12345678-0000-4000-8000-000000000001"
NUMBERS = [
    "+8613800138000",
    "+86 138 0013 8000",
    "+86-138-0013-8000",
    "+1 (415) 555-0123",
    "0086 13800138000",
    "13800138000",
    "021-55360100",
    "(021) 5536 0100",
    "tel:+8613800138000",
    "%2B8613800138000",
    "8613800138000",
    "+49 30 901820",
    "sip:+8613800138000@example.test",
]


@pytest.mark.parametrize("number", NUMBERS)
def test_of_a_number_only_the_last_four_digits_are_left(number: str) -> None:
    digits = "".join(character for character in number.replace("%2B", "+") if character.isdigit())
    masked = masking.mask(f"call from {number} refused")
    assert f"***{digits[-4:]}" in masked
    assert sum(character.isdigit() for character in masked) == 4


@pytest.mark.parametrize(
    "text",
    [
        CONTACT,
        "2026-03-02T01:00:00.123456Z",
        "2026-03-02",
        "arn:aws:connect:us-east-1:000000000000:instance/0a0a0a0a-0000-4000-8000-000000000001",
        "49590338271490256608559692538361571095921575989136588898",
        "queue 12 waited 300 s",
        "96196",
    ],
)
def test_what_is_no_telephone_number_stays(text: str) -> None:
    assert masking.mask(text) == text


@given(st.integers(min_value=10_000, max_value=10**15 - 1), st.text(max_size=30), st.text(max_size=30))
def test_no_international_number_survives_in_any_surroundings(number: int, before: str, after: str) -> None:
    assert f"+{number}" not in masking.mask(f"{before} +{number} {after}")


@given(st.recursive(st.text() | st.integers() | st.none(), lambda c: st.lists(c) | st.dictionaries(st.text(), c)))
def test_any_value_becomes_json(value: Any) -> None:
    masked = masking.mask_value(value)
    assert json.loads(json.dumps(masked)) == masked


def refuse(number: str) -> None:
    raise ValueError(number)


def logged(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


@pytest.mark.parametrize("number", NUMBERS)
def test_no_kind_of_log_entry_tells_a_number(number: str, capsys: pytest.CaptureFixture[str]) -> None:
    log = logging.getLogger("test")
    observability.begin(function="f", contact_id=CONTACT, key=number)
    log.warning("number %s", number, extra={"flat": number, "deep": {"list": [number], number: 1}})
    try:
        refuse(number)
    except ValueError:
        log.exception("failed")
    out = capsys.readouterr().out
    assert number not in out
    assert "13800138000" not in out
    assert out.count("***") >= 6
    assert CONTACT in out


def test_a_number_that_is_an_integer_is_masked_too(capsys: pytest.CaptureFixture[str]) -> None:
    observability.begin()
    logging.getLogger("test").warning("x", extra={"number": 13_800_138_000, "ms": 12})
    (entry,) = logged(capsys)
    assert (entry["number"], entry["ms"]) == ("***8000", 12)


def test_an_entry_is_one_line_of_json_with_the_keys_of_its_invocation(capsys: pytest.CaptureFixture[str]) -> None:
    observability.begin(function="route_contact", contact_id=CONTACT)
    observability.bind(tenant="hrgroup")
    logging.getLogger("test").info("first\nsecond", extra={"code": "ok"})
    (entry,) = logged(capsys)
    assert entry["message"] == "first\nsecond"
    assert {key: entry[key] for key in ("tenant", "contact_id", "function", "code")} == {
        "tenant": "hrgroup",
        "contact_id": CONTACT,
        "function": "route_contact",
        "code": "ok",
    }


def test_nothing_of_one_invocation_shows_up_in_the_next(capsys: pytest.CaptureFixture[str]) -> None:
    observability.begin(tenant="hrgroup", contact_id=CONTACT)
    observability.measure("Degraded")
    observability.begin(function="next")
    logging.getLogger("test").info("hello")
    observability.end(tenant="taxihotline", function="next", outcome="ok")
    (entry,) = logged(capsys)
    assert "tenant" not in entry
    assert "contact_id" not in entry


def test_metrics_of_one_name_add_up_into_one_embedded_line(capsys: pytest.CaptureFixture[str]) -> None:
    observability.begin()
    observability.measure("Duplicates")
    observability.measure("Duplicates", 2)
    observability.measure("Latency", 12.5, "Milliseconds")
    observability.end(tenant="hrgroup", function="ingest", outcome="ok")
    (line,) = logged(capsys)
    (directive,) = line["_aws"]["CloudWatchMetrics"]
    assert directive["Dimensions"] == [["tenant", "function"], ["tenant", "function", "outcome"]]
    assert directive["Metrics"] == [
        {"Name": "Duplicates", "Unit": "Count"},
        {"Name": "Latency", "Unit": "Milliseconds"},
    ]
    assert (line["tenant"], line["function"], line["outcome"]) == ("hrgroup", "ingest", "ok")
    assert (line["Duplicates"], line["Latency"]) == (3, 12.5)


RUNTIME = """
import logging, sys
class LambdaLoggerHandler(logging.StreamHandler):
    pass
logging.getLogger().addHandler(LambdaLoggerHandler(sys.stdout))
from chalicelib.platform import observability
observability.begin(function="f")
logging.getLogger("x").info("once +8613800138000")
logging.getLogger("botocore.credentials").info("found credentials")
"""


def test_lambdas_own_handler_does_not_print_the_entry_again_unmasked(root: Path) -> None:
    done = subprocess.run([sys.executable, "-c", RUNTIME], capture_output=True, text=True, check=True, cwd=root)
    (line,) = done.stdout.splitlines()
    assert json.loads(line)["message"] == "once ***8000"
    assert done.stderr == ""
