#!/bin/bash
# The whole suite, one pytest run: lint and types first because they are fast, coverage of code and requirements at the end.
# A worker a core, four at most; tests that share a cloud or a template stay with one (tests/support/workers.py).
set -euo pipefail
cd "$(dirname "$0")/.."
COVERED_LINES_PERCENT=90
# Meanwhile, on another core: reading all tests once leaves the byte code that every worker would have to make.
.venv/bin/python -m pytest --collect-only -qq >/dev/null 2>&1 &
reading=$!
.venv/bin/ruff format --check .
.venv/bin/ruff check --output-format concise .
.venv/bin/lint-imports --cache-dir .import_linter_cache
.venv/bin/mypy
# Nobody who relies on the commit before may break; a clone without history has none to compare with.
since="${BASE_COMMIT:-HEAD^}"
if git rev-parse --quiet --verify "$since^{commit}" >/dev/null; then .venv/bin/python -m cli api compatible --since "$since"; fi
wait "$reading" || echo "tests cannot be read: the run below says why"
.venv/bin/python -m pytest --numprocesses auto --maxprocesses 4 --dist loadscope --cov --cov-report= "$@"
.venv/bin/python -m coverage report --fail-under="$COVERED_LINES_PERCENT" | grep -E "TOTAL|failure"
.venv/bin/python scripts/requirement_coverage.py
