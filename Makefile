# One verb, one thing; every target works on a fresh machine, because each sets up what it needs (idempotent, seconds when done).
PY := .venv/bin/python
export PATH := $(CURDIR)/.venv/bin:$(CURDIR)/node_modules/.bin:$(PATH)
export AWS_DEFAULT_REGION ?= us-east-1
export JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION := 1
# Some containers forbid Python to keep byte code: then each of the hundreds of processes of a run compiles all it imports.
unexport PYTHONDONTWRITEBYTECODE
SHELL := /bin/bash

.DEFAULT_GOAL := help
.PHONY: help setup demo test check fmt lint types unit flows infra integration e2e cloud stop synth requirements bench coverage docs mutate examples fuzz lock clean

help: ## list the targets
	@grep -hE '^[a-z0-9]+:.*## ' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-14s %s\n", $$1, $$2}'

setup: ## find Python 3.13, make both environments and the CDK command line (done by every other target)
	@python3 scripts/setup.py

demo: setup ## the whole system on this machine: two tenants deployed, calls answered, KPIs read back
	@$(PY) -m cli demo

test: setup ## everything: lint, types, all tests, requirement coverage
	@bash scripts/test.sh

check: lint types ## the fast gate: lint, types, import direction, unit and flow tests
	@$(PY) -m pytest tests/unit tests/flows

fmt: setup ## format the code
	@.venv/bin/ruff format . && .venv/bin/ruff check --fix .

lint: setup ## formatting, lint and import direction
	@.venv/bin/ruff format --check . && .venv/bin/ruff check --output-format concise . && .venv/bin/lint-imports --cache-dir .import_linter_cache

types: setup ## mypy, strict
	@.venv/bin/mypy

unit: setup ## unit tests
	@$(PY) -m pytest tests/unit

flows: setup ## flow tests: our flows, executed in the emulator
	@$(PY) -m pytest tests/flows

infra: setup ## template tests: synthesize both tenants, IAM, cdk-nag, cfn-lint
	@$(PY) -m pytest tests/infra

integration: setup ## tests against the local cloud (started and stopped by the tests)
	@$(PY) -m pytest tests/integration

e2e: setup ## deploy with the CDK command line into a local cloud, call, and check every figure
	@$(PY) -m pytest tests/e2e tests/acceptance

cloud: setup ## start the local cloud on 127.0.0.1:4566
	@$(PY) -m cli cloud start

stop: setup ## stop the local cloud
	@$(PY) -m cli cloud stop

synth: setup ## write the CloudFormation template of a tenant: make synth TENANT=hrgroup
	@test -n "$(TENANT)" || { echo "say which tenant: make synth TENANT=hrgroup (see tenants/)"; exit 2; }
	@cdk synth -q -c tenant=$(TENANT) -o cdk.out/$(TENANT) && ls cdk.out/$(TENANT)/*.template.json

requirements: setup ## which tier-1 requirement ids have a passing acceptance test (as of the last test run)
	@$(PY) scripts/requirement_coverage.py

bench: setup ## ratios: cold start, pure and whole routing decision, units per call, matching, flow steps (bench/README.md has the longer ones)
	@for bench in cold_start routing_policy routing_decision screen_pop per_call_cost acd flow_steps; do echo "== $$bench"; $(PY) -m bench.$$bench || exit 1; done

coverage: setup ## the tests again with branches measured, which takes half as long again: make coverage ARGS=tests/unit/routing
	@$(PY) -m pytest --numprocesses auto --maxprocesses 4 --dist loadscope --cov --cov-branch $(ARGS)

mutate: setup ## mutation score of the routing decision (minutes; docs/routing.md explains the survivors)
	@HYPOTHESIS_PROFILE=mutation .venv/bin/mutmut run && .venv/bin/mutmut results

docs: setup ## write the generated pages of docs/
	@$(PY) -m cli tenants schema
	@$(PY) -m cli api describe
	@$(PY) -m cli api schemas
	@$(PY) -m cli api client
	@$(PY) -m cli analytics dictionary
	@$(PY) -m cli api fields
	@$(PY) -m cli.kpi_page

examples: setup ## write down what the API answers to its examples, and its description with them
	@$(PY) scripts/example_answers.py
	@$(PY) -m cli api describe

fuzz: setup ## try the REST API by its own description with Schemathesis: make fuzz EXAMPLES=1000 GROUPS=tickets
	@test -x .venv-fuzz/bin/st || ($(PY) -m venv .venv-fuzz && .venv-fuzz/bin/pip install -q --require-hashes -r requirements/fuzz.txt)
	@$(PY) scripts/fuzz_api.py $(or $(EXAMPLES),20) $(GROUPS) $(if $(DEPLOYED),--deployed $(DEPLOYED))

lock: ## resolve requirements/*.in again (network)
	@bash scripts/lock.sh

clean: ## remove what builds leave behind, keep the environments
	@rm -rf build mutants cdk.out chalice.out .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .coverage
