# Every verb works in a fresh clone with Python 3.11, pip and make; `make help` lists them.

PYTHON ?= python3
ARGS ?=
BIN := .venv/bin

.DEFAULT_GOAL := help
.PHONY: help run dev services demo test lint fix vectors bench chaos chaos-short proof matrix fuzz
.PHONY: sbom coverage mutants docs clean

help: ## List the verbs
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-11s %s\n", $$1, $$2}'
	@echo "ARGS='...' adds arguments, for example: make demo ARGS='--documents 50'"

run:
	@$(PYTHON) tools/bootstrap.py run

dev: ## Make .venv with everything that development needs
	@$(PYTHON) tools/bootstrap.py dev

services:
	@$(PYTHON) tools/services.py

demo: run ## Send certificates across borders and back, on one machine with nothing installed
	@$(BIN)/swb demo --keep demo $(ARGS)

test: dev services ## Run all tests; installs servers that they need where it may
	@$(BIN)/pytest -n logical --dist loadfile --no-loadscope-reorder $(ARGS)

lint: dev ## Check format, style, types and layers
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

fix: dev ## Mend format and style where a tool can
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

vectors: dev ## Write the golden vectors anew; git diff must stay empty
	@$(BIN)/python tools/vectors.py

bench: dev services ## Measure everything beside its floor, for an hour; ARGS='--parts road' a part
	@$(BIN)/swb bench $(ARGS)

chaos: dev services ## Kill, hold, cut, fill and misdate everything, five times; nothing may be lost
	@$(BIN)/swb drill faults --transport rabbitmq
	@$(BIN)/swb drill chaos --documents 4000 --faults 60 \
		--seed 1 --seed 2 --seed 3 --seed 4 --seed 5 $(ARGS)

chaos-short: dev services ## The same in less than a minute: one node, 60 documents
	@$(BIN)/swb drill chaos --nodes 1 --documents 60 --faults 11 $(ARGS)

proof: dev ## Break our own conformance target in every known way, and try whole profiles on it
	@SWB_FULL_PROOF=1 $(BIN)/pytest -q -n logical --dist load tests/conformance/test_mutations.py $(ARGS)

matrix: dev ## Take documents over all pairs of states, and write what is lost between them
	@SWB_WRITE_DOCS=1 $(BIN)/pytest -q tests/matrix -k page
	@$(BIN)/python -m tests.matrix.walk $(ARGS)

fuzz: dev ## Try 100,000 payloads that nobody wrote in every adapter
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes \
		-r requirements-fuzz.lock || echo "atheris does not install here; going on without it"
	@$(BIN)/python -m tests.fuzz $(ARGS)

sbom: run ## Write build/sbom.json, the bill of materials of what runs (CycloneDX)
	@tools/sbom.sh $(BIN)/python

coverage: dev ## Tell which branches of core, rules and documents the fast tests take
	@$(BIN)/python -m tests.mutants.covering $(ARGS)

mutants: dev ## Change 300 places of core, rules and documents, and tell which tests notice
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes \
		-r requirements-mutants.lock
	@$(BIN)/pytest -q tests/mutants/test_making.py
	@$(BIN)/python -m tests.mutants $(ARGS)

docs: dev ## Check the documentation against the code
	@$(BIN)/pytest $(wildcard tests/*/test_docs*.py) $(ARGS)

clean: ## Remove everything that can be made again
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis build dist
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
