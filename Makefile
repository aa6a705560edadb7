SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
DEMO_DIR ?= demo
# Tests run in so many processes, a file of tests in one of them.
JOBS ?= auto
export PYTHON VENV
# A test or a tool that prints is read while it runs, also through a pipe.
export PYTHONUNBUFFERED := 1

.PHONY: help system setup demo test test-long check docs pictures bench lock clean \
	check-format check-lint check-types check-layers check-house check-docs

help: ## what there is (this)
	@echo "Stamm. The two to begin with: make demo, make test"
	@echo
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

system: ## Debian packages that some tests need (as root)
	@tools/timed "system packages" tools/system

setup: $(VENV)/.installed ## the environment in .venv, exactly as locked
	@echo "   ready: $(VENV)/bin/stamm"

$(VENV)/.installed: requirements/dev.txt pyproject.toml
	@tools/timed "setup" tools/setup

# What the tests need beside that: other engines, Spark alone is larger than all the rest.
$(VENV)/.engines: $(VENV)/.installed requirements/engines.txt
	@tools/timed "other engines" tools/setup engines

demo: $(VENV)/.installed ## real purchases in, numbers, a report and pages out, in DEMO_DIR (demo); SERVE=0: no pages
	@tools/timed "demo" $(PY) tools/demo.py "$(DEMO_DIR)"

test: $(VENV)/.engines ## every test but the long ones
	@tools/system --for-tests
	@tools/setup node
	@tools/timed "tests" $(PY) -m pytest -m "not long" -n $(JOBS) --maxprocesses 4 --dist loadfile $(ARGS)

test-long: $(VENV)/.engines ## the tests that take minutes: soak, fuzz, kill, scale; THOROUGH=1: of what is alike, all
	@tools/system --for-tests
	@tools/setup node
	@tools/timed "long tests" tools/test-long $(PY) -n $(JOBS) --maxprocesses 4 --dist loadfile $(ARGS)

check: $(VENV)/.engines ## format, lint, types, layers, house rules, docs up to date; all findings, not only the first
	@tools/timed "check" $(MAKE) --keep-going check-format check-lint check-types check-layers check-house check-docs

check-format: $(VENV)/.installed
	@tools/timed "format" $(PY) -m ruff format --check --output-format concise .

check-lint: $(VENV)/.installed
	@tools/timed "lint" $(PY) -m ruff check --output-format concise .

check-types: $(VENV)/.engines
	@tools/timed "types" $(PY) -m mypy

check-layers: $(VENV)/.installed
	@tools/timed "layers" $(VENV)/bin/lint-imports --no-logo

check-house: $(VENV)/.installed
	@tools/timed "house rules" $(PY) tools/house.py

check-docs: $(VENV)/.installed
	@tools/timed "reference up to date" $(PY) tools/reference.py --check

docs: $(VENV)/.installed ## the reference in docs/, from the definitions
	@tools/timed "docs" $(PY) tools/reference.py

pictures: $(VENV)/.engines ## the pictures of the pages in docs/pictures, from a simulated shop
	@PICTURES=docs/pictures tools/timed "pictures" $(PY) -m pytest -m long tests/browser/test_pictures.py

# What the bench compares with, apart from everything else.
$(VENV)-peers/.peers: requirements/peers.txt
	@VENV=$(VENV)-peers tools/timed "peers" tools/setup peers

bench: $(VENV)/.installed $(VENV)-peers/.peers ## ratios measured in one run, against stated limits
	@tools/timed "bench" $(PY) -m bench.run $(ARGS)

lock: $(VENV)/.installed ## requirements/*.txt from pyproject.toml (UPGRADE=1: newest versions)
	@tools/timed "lock" tools/lock

clean: ## the environment, caches and the demo away
	rm -rf $(VENV) $(VENV).lock $(VENV).log $(VENV)-peers $(VENV)-peers.lock $(VENV)-peers.log .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache build dist
	rm -rf "$(DEMO_DIR)"
	find src tests tools bench -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true
