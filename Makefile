# On a machine with only Python 3.11 or later: `make demo`, `make test`. Everything lives in .venv.
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SETUP := $(VENV)/.set-up
# Brought by the build (building/), never committed.
STYLES := src/reviewflow/web/static/govuk/VERSION
# One worker more than there are cores, because tests wait for disks, servers and browsers: on two cores three take an
# eighth less time than two. A file's tests stay together, because its fixtures may be dear; they are handed out in the
# order of tests/conftest.py, the longest first.
WORKERS := $(or $(shell $(PYTHON) -c 'import os; print((os.cpu_count() or 1) + 1)' 2>/dev/null),auto)
PYTEST := $(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder
# Tried again with the system's certificates: behind some proxies only those are trusted.
INSTALL = $(BIN)/uv pip install --quiet --compile-bytecode --python $(BIN)/python --editable . --group dev

.PHONY: setup demo test check lint types imports docs bench faults clean

setup: $(SETUP) $(STYLES)

# uv goes into the project's own environment, so that set-up takes seconds and nothing else is touched.
$(SETUP): pyproject.toml hatch_build.py $(wildcard building/*.py)
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "reviewflow needs Python 3.11 or later; name one with PYTHON=...")'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip --disable-pip-version-check install --quiet 'uv>=0.5'
	$(INSTALL) || UV_SYSTEM_CERTS=1 $(INSTALL)
	$(BIN)/python -m compileall -q src
	touch $@

# Built again where it is missing. It does not hold anything up: without it pages work, unstyled.
REBUILD := --reinstall-package reviewflow --no-deps
$(STYLES): | $(SETUP)
	test -e $@ || $(INSTALL) $(REBUILD) || UV_SYSTEM_CERTS=1 $(INSTALL) $(REBUILD) || true
	test -e $@ || echo 'warning: GOV.UK Frontend could not be fetched, so pages are unstyled; try again: make setup' >&2

demo: setup
	$(BIN)/reviewflow demo

test: setup
	$(PYTEST)

check: setup lint types imports docs
	$(PYTEST)

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: setup
	MYPY_NUM_WORKERS=auto $(BIN)/mypy

imports: setup
	$(BIN)/lint-imports

docs: setup
	$(BIN)/python docs/check.py

# At length: thousands of processes killed, thousands of disk images, dozens of failovers. Takes hours.
faults: setup
	REVIEWFLOW_FAULTS=long $(PYTEST) tests/faults

# The peers that reviewflow is timed against come only now. ARGS="--quick", ARGS="--write", ...
bench: setup
	$(INSTALL) --group bench || UV_SYSTEM_CERTS=1 $(INSTALL) --group bench
	$(BIN)/python -m bench $(ARGS)

clean:
	rm -rf $(VENV) $(dir $(STYLES)) .mypy_cache .ruff_cache .import_linter_cache .hypothesis
