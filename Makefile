# What one does here; `make` alone lists it. Needs git, make and Python 3.11 or newer; the rest is brought in.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.locked-dependencies

# The fault of the demo (FAULT=healthy for none); KEEP=1 leaves the sandbox running; ARGS go to `demo`.
FAULT ?= storage-class
KEEP  ?=
ARGS  ?=
# The fault suite: where it is, the chart it puts its faults on, and which scenarios (all when empty).
FAULTS ?= ../shared/faults
MC_VENDOR_CHART ?=
ONLY ?=
# BUNDLES=1: judge a bundle of each scenario too, and compare with the live look.
BUNDLES ?=

.PHONY: help demo run test check faults screenshot image assets lock clean lint types layers islands units

help: ## List these commands
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /\1\t/' | \
	  while IFS=$$'\t' read -r name text; do printf '  make %-11s %s\n' "$$name" "$$text"; done

demo: $(READY) assets ## A recorded incident at once, then a real control plane with a faulty sample (FAULT=, KEEP=1)
	@exec $(BIN)/python -m sandbox.demo --fault $(FAULT) $(if $(KEEP),--keep) -- $(ARGS)

run: $(READY) assets ## The console on your own cluster (ARGS="--context NAME …")
	@exec $(BIN)/mission-control serve $(ARGS)

test: $(READY) assets ## All tests: unit, contracts, real sandbox, browser
	@$(BIN)/python -m sandbox build >/dev/null
	@$(BIN)/python tests/tiers.py

check: $(READY) assets ## Lint, format, types, layers, unit tests: under a minute
	@$(MAKE) --keep-going lint types layers islands units

# The parts of `check`; all are run, so that one look shows everything.
lint:
	@echo "== lint and format"
	@$(BIN)/ruff check --quiet --output-format concise . && $(BIN)/ruff format --quiet --check .

types:
	@echo "== types"
	@$(BIN)/mypy src tests sandbox requirements/lock.py frontend/build.py image charts $(wildcard bench)

layers:
	@echo "== layers"
	@$(BIN)/lint-imports --no-cache | tail -n 9

islands:
	@if [ -x frontend/node_modules/.bin/tsc ]; then echo "== islands"; frontend/node_modules/.bin/tsc --project frontend/tsconfig.json; fi

units:
	@$(BIN)/python tests/tiers.py unit contracts

faults: $(READY) ## The fault suite on an unpacked chart (MC_VENDOR_CHART=dir, ONLY=scenario, FAULTS=dir, BUNDLES=1)
	@exec $(BIN)/python -m sandbox.acceptance --suite "$(FAULTS)" --chart "$(MC_VENDOR_CHART)" \
	  $(foreach name,$(ONLY),--only '$(name)') $(if $(BUNDLES),--bundles)

screenshot: $(READY) assets ## Make the picture of the README anew, from the real thing
	@$(BIN)/python -m sandbox.screenshot

image: $(READY) ## Pack the console's image into dist/ without a container engine (Debian, root); see docs/airgap.md
	@$(BIN)/python -m image pack --into dist

assets: $(READY)
	@$(BIN)/python frontend/build.py

lock: ## Write requirements/*.txt anew from pyproject.toml
	@$(PYTHON) requirements/lock.py

clean: ## Remove what was built here (not the sandbox's cache)
	@rm -rf $(VENV) frontend/node_modules frontend/.node src/mission_control/web/static/vendor .mypy_cache .ruff_cache .pytest_cache

$(READY): requirements/dev.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "This needs Python 3.11 or newer, and $(PYTHON) is " + sys.version.split()[0] + ". Name another: make PYTHON=python3.12 …")'
	@[ -x $(BIN)/python ] || { echo "making .venv"; $(PYTHON) -m venv $(VENV) || { echo "Python cannot make a virtual environment here; on Debian: apt-get install python3-venv" >&2; exit 1; }; }
	@echo "installing the locked dependencies into .venv (about a minute, once)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements/dev.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@
