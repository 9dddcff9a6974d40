#!/bin/bash
# Resolve requirements/*.in into lock files with hashes. The Lambda set constrains the build set, so that tests run what ships.
set -euo pipefail
cd "$(dirname "$0")/.."
uv=$(command -v uv || echo .tools/uv/bin/uv)
lock=("$uv" pip compile -q --python-version 3.13 --generate-hashes --no-header --no-emit-index-url --no-emit-find-links)
"${lock[@]}" requirements/lambda.in -o requirements.txt
"${lock[@]}" -c requirements.txt requirements/dev.in -o requirements/dev.txt
"${lock[@]}" requirements/cloud.in -o requirements/cloud.txt
"${lock[@]}" requirements/fuzz.in -o requirements/fuzz.txt
