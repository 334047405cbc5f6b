# Two commands matter: `make up` and `make test`. `make help` lists the rest.
# Needs Python 3.11+, make and the package registries; nothing else has to be installed.
SHELL := /bin/bash
UV_VERSION := 0.13.9
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
	command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$p; break; }; done)
BIN := .venv/bin
export UV_PYTHON_DOWNLOADS := never

.PHONY: help setup up test faults soak browser nginx lint types contracts check bench clean
.DEFAULT_GOAL := help

help: ## List the commands.
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 12

.uv/bin/uv:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed: install it, or say where it is with PYTHON=/path/to/python3" >&2; exit 2; }
	@bash infra/setup/venv.sh "$(PYTHON)" .uv
	@.uv/bin/python -m pip --quiet --disable-pip-version-check install "uv==$(UV_VERSION)"

.venv/.complete: .uv/bin/uv pyproject.toml uv.lock
	@.uv/bin/uv sync --quiet --frozen --compile-bytecode --python "$$(command -v $(PYTHON))"
	@$(BIN)/python -m compileall -q streams dashboard infra
	@$(BIN)/python -m infra.local.kafka --warm
	@touch $@

setup: .venv/.complete ## Put everything into .venv, from the locked set of dependencies.

up: setup ## Start the embedded system with live data and print the dashboard's address (ARGS="--port 9000").
	@exec $(BIN)/burdenwatch up $(ARGS)

browser: ## Make sure that a Chromium is there (installs Debian's where it may).
	@bash infra/setup/chromium.sh

nginx: ## Make sure that an nginx is there (installs Debian's where it may).
	@bash infra/setup/nginx.sh

# What needs neither broker nor browser runs side by side, a file at a time; the rest has the machine to itself.
BESIDE := tests/unit tests/property tests/contract tests/store
ALONE := tests/broker tests/acceptance tests/browser
# What takes long: parts that freeze for 40 s, a disk that fills, fifty kills at random.
FAULTS := tests/faults tests/acceptance/test_faults.py

test: setup browser nginx ## Set up and run every test (TESTS="tests/unit/rules" for some).
ifdef TESTS
	@$(BIN)/python -m pytest $(TESTS)
else
	@$(BIN)/python -m pytest -n auto --dist loadfile $(BESIDE)
	@$(BIN)/python -m pytest $(ALONE)
endif

faults: setup ## Freeze, fill and kill everything, at length (some 25 minutes).
	@BURDENWATCH_KILLS=17 $(BIN)/python -m pytest -s $(FAULTS)

soak: setup ## Kills without end under load, each round with a seed of its own (HOURS=1).
	@end=$$(( $$(date +%s) + $(or $(HOURS),1) * 3600 )); while [ $$(date +%s) -lt $$end ]; do \
	  BURDENWATCH_KILLS=17 BURDENWATCH_SEED=$$(date +%s) $(BIN)/python -m pytest -s tests/acceptance/test_faults.py || exit 1; done

lint: setup ## ruff: rules and format.
	@$(BIN)/ruff check . && $(BIN)/ruff format --check .

types: setup ## mypy --strict.
	@$(BIN)/mypy

contracts: setup ## import-linter: which room may import which.
	@$(BIN)/lint-imports --no-cache

check: test lint types contracts ## What CI runs.

bench: setup ## Measure every figure of docs/benchmarks.md (takes about an hour; ONLY=ledger for one).
	@$(BIN)/python -m tests.bench $(ONLY)

clean: ## Remove what setup and the tests made (not the data of a running system).
	rm -rf .venv .uv .venv-bench .cache .mypy_cache .ruff_cache .pytest_cache .hypothesis
