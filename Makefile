# Every target sets up what it needs; a second run finds it done. `make help` lists them.
SHELL := /bin/sh
.DEFAULT_GOAL := help
READY := .venv/.ready
PY := .venv/bin/python
CODE := ledger_service reporting_service shared bench docs tests
PYTEST_WORKERS ?= 2
LOCK := .venv/bin/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url pyproject.toml
# without what loads both services whole
FAST := tests/rules tests/contract
# run and demo die with the make that started them, however it dies
LEASHED := FUND_DIE_WITH_PARENT=1 exec $(PY) -m

# with its bytecode kept Python starts a service in a third of the time
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help setup demo run test fast check fmt fmt-check lint types imports bench faults docs gallery lock vendor secrets clean

help:  ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' Makefile

$(READY): pyproject.toml requirements-dev.lock .ci/setup
	@.ci/setup

.venv/bin/uv:
	@.ci/setup

setup: $(READY)  ## make .venv with the locked packages (done by every other target too)
	@echo ".venv is ready."

demo: $(READY)  ## a sample history through both services, the balances, the Council's reports
	@$(LEASHED) bench.demo --parent $$PPID

run: $(READY)  ## both services until Ctrl-C; FUND_HOME, LEDGER_BIND, ... are honoured
	@$(LEASHED) bench.run --parent $$PPID

test: $(READY)  ## all tests, PostgreSQL ones too
	@.ci/browser
	@$(PY) -m pytest -n $(PYTEST_WORKERS) --dist loadfile

fast: $(READY)  ## the rules and the contract, without server or database, in seconds
	@$(PY) -m pytest $(FAST)

check: fmt-check lint types imports test  ## exactly what CI runs

fmt: $(READY)  ## format the code
	@$(PY) -m ruff format $(CODE)
	@$(PY) -m ruff check --fix-only -q $(CODE)

fmt-check: $(READY)
	@$(PY) -m ruff format --check $(CODE)

lint: $(READY)  ## ruff
	@$(PY) -m ruff check $(CODE)

types: $(READY)  ## mypy, strict
	@$(PY) -m mypy

imports: $(READY)  ## the import directions
	@.venv/bin/lint-imports --no-cache

bench: $(READY)  ## the figures quoted in the docs, on this machine; SIZE=1000000 for a longer history
	@$(PY) -m bench $(if $(SIZE),--size $(SIZE))

faults: $(READY)  ## faults of every class against both services; SEEDS= KILLS= STORE= LANES= ONLY= RESUME= TABLE=
	@$(PY) -m tests.faults $(if $(SEEDS),--seeds $(SEEDS)) $(if $(KILLS),--kills $(KILLS)) \
		$(if $(STORE),--store $(STORE)) $(if $(LANES),--lanes $(LANES)) $(if $(RESUME),--resume) \
		$(if $(TABLE),--table) $(if $(ONLY),--only '$(ONLY)',--write docs/reliability.md)

docs: $(READY)  ## make the reference pages again from the code
	@$(PY) -m docs.generate

gallery: $(READY)  ## a picture of every page at 1280 and 390 pixels, into docs/gallery
	@.ci/browser
	@$(PY) -m tests.pages.gallery

vendor: $(READY)  ## fetch the pages' style, fonts and scripts again, at the pinned versions (needs npm)
	@.ci/vendor

lock: | .venv/bin/uv  ## resolve pyproject's pins into the lock files again
	@$(LOCK) -o requirements.lock
	@$(LOCK) --extra reports -o requirements-reports.lock
	@$(LOCK) --extra reports --extra dev -o requirements-dev.lock

secrets:  ## random secrets for docker-compose, made once under var/compose
	@.ci/secrets

clean:  ## remove .venv and caches; var/ (keys, databases) stays
	@rm -rf .venv .pytest_cache .ruff_cache .hypothesis var/cache *.egg-info
