# Everything here works alone on a fresh machine with python3 (3.11 to 3.13) and make.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
PYTEST := $(BIN)/python -m pytest
AT_ONCE := -n logical --maxprocesses 4 --dist worksteal

.DEFAULT_GOAL := help

.PHONY: help
help: ## Show this help
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/\1\t\2/' | awk -F'\t' '{printf "  make %-8s %s\n", $$1, $$2}'

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' || { \
	  echo "Python 3.11, 3.12 or 3.13 is needed, $(PYTHON) is another: make PYTHON=python3.12 ..."; exit 1; }
	$(PYTHON) -m venv $(VENV)

# $(1) a lock file: install it, then the package itself; again only when one of them changed
define install
	@echo "Installing $(1) into $(VENV) (once, about a minute) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/$(1).lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	@touch $@
endef

$(VENV)/.installed-run: requirements/run.lock pyproject.toml | $(BIN)/python
	$(call install,run)

$(VENV)/.installed-develop: requirements/develop.lock pyproject.toml | $(BIN)/python
	$(call install,develop)
	@touch $(VENV)/.installed-run

.PHONY: run
run: $(VENV)/.installed-run ## Install and start the service on http://127.0.0.1:8000
	@exec $(BIN)/domain-scheduler serve

.PHONY: demo
demo: $(VENV)/.installed-run ## Watch it work on a small made-up web; needs no internet
	@exec $(BIN)/domain-scheduler demo

.PHONY: test
test: $(VENV)/.installed-develop ## Run the whole suite, the quick tests first; fetching watches the clock and runs alone
	$(PYTEST) -q -x $(AT_ONCE) -m "not slow" tests/house tests/unit --ignore=tests/unit/fetch
	$(PYTEST) -q -x -m "not slow" tests/unit/fetch
	$(PYTEST) -q -m slow tests/unit/fetch
	$(PYTEST) -q $(AT_ONCE) -m slow tests/unit --ignore=tests/unit/fetch
	$(PYTEST) -q $(AT_ONCE) tests/integration tests/acceptance

.PHONY: check
check: $(VENV)/.installed-develop ## Lint, types, and who may import whom
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

.PHONY: bench
bench: $(VENV)/.installed-develop ## Measure (about ten minutes); each bench/*.py says what it measures
	$(BIN)/python -m bench

.PHONY: docs
docs: $(VENV)/.installed-develop ## Write the parts of docs/reference that are made from the code
	$(BIN)/python docs/make_reference.py

.PHONY: lock
lock: $(BIN)/python ## Pin anew what pyproject.toml admits
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile -q pyproject.toml --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url --no-annotate -o requirements/run.lock
	$(BIN)/uv pip compile -q pyproject.toml --extra parquet --group test --group check --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url --no-annotate -c requirements/run.lock -o requirements/develop.lock

.PHONY: clean
clean: ## Remove the virtual environment and caches
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
