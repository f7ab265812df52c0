# The two commands: `make demo` and `make test`. Everything they need is built in .venv from the lock.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: demo build up test prove check docs peers lock clean help

help: ## Show what can be made
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

demo: $(VENV)/.runtime ## Run the pipelines on examples, then stay up (EXIT=1: stop when done)
	@$(BIN)/mumaris demo $(if $(EXIT),--exit)

build: $(VENV)/.runtime ## Build what ./mumaris needs, and nothing else

up: $(VENV)/.runtime ## Run the stack for daily use; data stay in .mumaris
	@$(BIN)/mumaris up

# Tests wait for a third of their time; JOBS=1 runs one after the other, in the order of their names.
JOBS ?= 3

# Branches are measured from Python 3.12 on: 3.11 can spin for ever while it is traced (decision 0035).
COVERAGE ?= $(shell $(PYTHON) -c 'import sys; print("--cov --cov-report=" * (sys.version_info >= (3, 12)))')

test: $(VENV)/.dev ## Run all tests, three files at once
	$(BIN)/python -m pytest -n $(JOBS) --max-worker-restart 0 --no-loadscope-reorder $(COVERAGE)

# What takes long and seldom breaks (docs/decisions/0091); the table of docs/FAULTS.md is written anew.
prove: $(VENV)/.dev ## Run the slow proofs, which are no part of `make test`
	MUMARIS_FAULTS_ON=$$(date +%F) $(BIN)/python -m pytest -m prove -n $(JOBS) --max-worker-restart 0

mutants: $(VENV)/.dev ## Break what decides, and list what no test noticed (about three hours on two cores)
	$(BIN)/python -m mutmut run --max-children $(JOBS)
	$(BIN)/python tests/support/survivors.py

check: $(VENV)/.dev ## Lint, types, import arrows
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

docs: $(VENV)/.dev ## Build the documentation's site in build/site (some seconds)
	@$(BIN)/python docs/website.py

peers: $(VENV)/.dev ## Install the engines that benchmarks.whole_pipeline compares with
	@$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps -r requirements/peers.lock
	@if command -v npm >/dev/null; then \
		mkdir -p $(VENV)/peers && cp requirements/peers/package*.json $(VENV)/peers/ && \
		npm ci --prefix $(VENV)/peers --ignore-scripts --no-audit --no-fund --loglevel=error; \
	else echo "npm is missing: Restate is left out"; fi

lock: $(VENV)/.dev ## Write the lock files anew from pyproject.toml
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --no-header --no-annotate \
		--generate-hashes --upgrade pyproject.toml -o requirements/runtime.lock
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --no-header --no-annotate \
		--generate-hashes pyproject.toml --extra dev -c requirements/runtime.lock \
		-o requirements/dev.lock
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --no-header --no-annotate \
		--generate-hashes pyproject.toml --extra peers -c requirements/runtime.lock \
		-c requirements/dev.lock -o requirements/peers.lock

clean: ## Remove what was built and the demo's data
	rm -rf $(VENV) .mumaris build *.egg-info

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; say: make PYTHON=python3.12 ...")'
	@$(PYTHON) -m venv $(VENV)

# The lock names every version and its hash; --no-deps: nothing that is not in it.
$(VENV)/.runtime: requirements/runtime.lock pyproject.toml | $(VENV)/bin/python
	@echo "Building the environment (about a minute, once)"
	@$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps -r requirements/runtime.lock
	@$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps -e .
	@touch $@

$(VENV)/.dev: requirements/dev.lock $(VENV)/.runtime
	@$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps -r requirements/dev.lock
	@touch $@
