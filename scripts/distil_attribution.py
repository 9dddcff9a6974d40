#!/usr/bin/env python3
"""Write chalicelib/tenancy/areas/cn.txt: which place each Chinese telephone number belongs to.

Source: the geocoding data of libphonenumber, as the package `phonenumbers` carries it. Run it again, and give the day,
after the package was raised: .venv/bin/python scripts/distil_attribution.py 2026-11-22
"""

import sys
from pathlib import Path

import phonenumbers
from phonenumbers.geodata import GEOCODE_DATA

COUNTRY, DIGITS = "86", 7
TARGET = Path(__file__).resolve().parents[1] / "chalicelib" / "tenancy" / "areas" / "cn.txt"
NAMES = {"Simao, Yunnan": "云南省普洱市"}
"""Places that the source tells in English only; Simao was renamed Pu'er in 2007."""

HEAD = """\
# Which place each Chinese telephone number belongs to (ACD-10).
# Source: geocoding data of libphonenumber (Apache-2.0), from the package phonenumbers {version}; taken on {on}.
# A line: the place, then pairs of numbers in base 36. They count the first {digits} digits after +86: the first of a
# pair is how many follow the last one of the pair before, the second is how many in a row belong to the place.
# Written by scripts/distil_attribution.py.
"""


def main():
    on = sys.argv[1]
    prefixes = {key[len(COUNTRY) :]: names for key, names in GEOCODE_DATA.items() if key.startswith(COUNTRY)}
    owner = {}
    for prefix in sorted(prefixes, key=len):  # a longer prefix knows better
        names = prefixes[prefix]
        name = names.get("zh") or NAMES[names["en"]]
        block = 10 ** (DIGITS - len(prefix))
        owner.update(dict.fromkeys(range(int(prefix) * block, (int(prefix) + 1) * block), name))
    runs = {}
    for number, name in sorted(owner.items()):
        spans = runs.setdefault(name, [])
        if spans and spans[-1][1] == number:
            spans[-1][1] = number + 1
        else:
            spans.append([number, number + 1])
    lines = [HEAD.format(version=phonenumbers.__version__, on=on, digits=DIGITS)]
    for name in sorted(runs):
        at, words = 0, [name]
        for first, end in runs[name]:
            words += [base36(first - at), base36(end - first)]
            at = end
        lines.append(" ".join(words) + "\n")
    TARGET.write_text("".join(lines), encoding="utf-8")
    print(f"{len(runs)} places, {sum(map(len, runs.values()))} spans, {TARGET.stat().st_size} bytes")


def base36(number):
    text = ""
    while number or not text:
        number, digit = divmod(number, 36)
        text = "0123456789abcdefghijklmnopqrstuvwxyz"[digit] + text
    return text


if __name__ == "__main__":
    main()
