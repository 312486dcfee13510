# `make help` lists every command. Only Python 3.11 or newer and make are needed.
SHELL := /bin/sh
PYTHON ?= python3
VENV ?= .venv
PY := $(VENV)/bin/python
PIP := $(PY) -m pip --disable-pip-version-check
COMPILE := $(PY) -m piptools compile --quiet --generate-hashes --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --strip-extras --allow-unsafe
WORKERS ?= auto

.PHONY: help setup setup-dev run tick clean-data backup restore demo test faults check bench lock docs

help: ## list the commands
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(VENV)/.ready ## make .venv from requirements.lock (again only when the lock changed)

setup-dev: $(VENV)/.ready-dev

$(PY):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; name one: make $(MAKECMDGOALS) PYTHON=/path/to/python3.12"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { echo "This Python cannot make environments; install the package python3-venv, or name another: make setup PYTHON=…"; exit 1; }

$(VENV)/.ready: requirements.lock | $(PY)
	@echo "Installing what the product needs into $(VENV) …"
	@$(PIP) install --quiet --require-hashes --only-binary :all: -r requirements.lock
	@touch $@

$(VENV)/.ready-dev: requirements-dev.lock $(VENV)/.ready
	@echo "Installing what tests and checks need into $(VENV) …"
	@$(PIP) install --quiet --require-hashes --only-binary :all: -r requirements-dev.lock
	@touch $@

run: setup ## start everything at http://127.0.0.1:8080 (COUNTRY=la|vn|th|mm|all, PORT=…, BROKER=rabbitmq)
	@BROKER="$(BROKER)" PORT="$(or $(PORT),8080)" exec $(PY) -m deploy.embedded run

tick: setup ## move the sandbox clock of the running house: make tick TO=2025-04-30
	@exec $(PY) -m deploy.embedded tick "$(TO)"

clean-data: setup ## forget everything that make run has kept in .data
	@exec $(PY) -m deploy.embedded clean-data

backup: setup ## dump the three databases: make backup TO=folder (ARCHIVE=folder: a base for every later moment)
	@exec $(PY) -m deploy.backup make "$(TO)"

restore: setup ## bring databases back while the house stands still: make restore FROM=folder ONLY="payments" TO_TIME=…
	@exec $(PY) -m deploy.backup verify "$(FROM)" $(ONLY)
	@exec $(PY) -m deploy.backup restore "$(FROM)" $(ONLY) $(if $(TO_TIME),--to-time "$(TO_TIME)")

demo: setup ## replay the worked examples of the country through the doors and compare the amounts
	@exec $(PY) -m deploy.embedded demo

test: setup-dev ## all tests but the long ones, in parallel
	@exec $(PY) -m tests.minutes -n $(WORKERS) --dist loadgroup -m "not faults" $(ARGS)

faults: setup-dev ## the kill table on both carriers, and longer outages
	@exec $(PY) -m pytest -n $(WORKERS) --dist loadgroup -m faults $(ARGS)

# What is made from the code, each by a module that knows `check` (is it fresh?) and `write`.
check: setup-dev ## the whole gate: style, types, import contracts, generated documents
	@$(VENV)/bin/ruff check .
	@$(VENV)/bin/ruff format --check .
	@$(VENV)/bin/mypy
	@$(VENV)/bin/lint-imports
	@$(PY) -m deploy.documents check
	@$(PY) -m services.benefits.cli packs check
	@$(PY) -m services.benefits.cli packs tables --check
	@$(PY) -m services.benefits.conformance check

docs: setup-dev ## write the generated documents anew
	@$(PY) -m deploy.documents write
	@$(PY) -m services.benefits.cli packs tables
	@$(PY) -m services.benefits.conformance write
	@$(PY) -m shared.web.texts update

bench: setup ## measure: submission over HTTP, events, the whole journey (prints ratios)
	@exec $(PY) -m bench $(ARGS)

lock: setup-dev ## pin what requirements*.in ask for, with hashes
	@$(COMPILE) -o requirements.lock requirements.in
	@$(COMPILE) -o requirements-dev.lock requirements-dev.in
