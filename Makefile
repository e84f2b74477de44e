# Everything that is done with this project. `make help` lists it.
PYTHON ?= python3
BIN := .venv/bin
export PIP_DISABLE_PIP_VERSION_CHECK = 1

.DEFAULT_GOAL := help
.PHONY: help install run demo test check both faults bench texts lock clean

help: ## List what can be done
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/  make \1\t\2/' | expand -t 18

install: .venv/.installed ## Set up .venv with the locked dependencies
run: .venv/.installed ## Migrate and open the club (Telegram with a token, the playground without)
	@$(BIN)/python -m bot

demo: .venv/.installed ## Fill an empty database with a small, believable shop
	@$(BIN)/python -m bot demo

test: .venv/.tested ## Run the tests
	@$(BIN)/python -m pytest -q -n 2

check: .venv/.tested ## Format, lint, types, floors, migrations, catalogues
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/python -m db.check
	$(BIN)/python -m locales --check

both: .venv/.tested ## Run every test on both databases, those about words too
	@$(BIN)/python -m pytest -q -n 2 -m ""

faults: .venv/.tested ## The deep tests: kills, races and faults at full size
	DEEP=1 $(BIN)/python -m pytest -q -s tests/faults

bench: .venv/.tested ## Measure, each figure beside its peer in one run
	$(BIN)/python -m tests.bench

texts: .venv/.tested ## Bring the catalogues up to date with the sources
	$(BIN)/python -m locales

lock: .venv/.tested ## Lock the dependencies anew, with hashes and without addresses
	$(BIN)/uv pip compile pyproject.toml $(LOCKING) -o requirements.txt
	$(BIN)/uv pip compile pyproject.toml --group dev -c requirements.txt $(LOCKING) -o requirements-dev.txt

LOCKING := --quiet --upgrade --universal --generate-hashes --no-emit-index-url --no-header --no-annotate

clean: ## Take the set-up away
	rm -rf .venv

.venv/bin/python:
	$(PYTHON) -c 'import sys; assert sys.version_info >= (3, 11), "Regulars needs Python 3.11 or newer"'
	$(PYTHON) -m venv .venv

.venv/.installed: requirements.txt | .venv/bin/python
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements.txt
	@touch $@

.venv/.tested: requirements-dev.txt .venv/.installed
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements-dev.txt
	@touch $@
