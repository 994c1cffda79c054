# Every target sets up by itself; nothing but make and Python 3.11+ is needed.
PYTHON := .venv/bin/python
READY := .venv/.installed
KAFKA := .local/cache/.kafka
# Processes that run tests; 0 runs them one after another in this one.
WORKERS := 2

.DEFAULT_GOAL := help
.PHONY: help up demo token test bench chaos check contracts dashboard clean

help: ## Show what there is to run
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

up: $(READY) ## Start the whole system here; Ctrl-C stops it
	@$(PYTHON) -m deploy.local.up

demo: $(READY) ## Play a story into the running system
	@$(PYTHON) -m deploy.local.demo

token: $(READY) ## Print a development token for every scope and area
	@$(PYTHON) -m deploy.local.token

test: $(READY) $(KAFKA) ## Run the whole suite on real parts
	@$(PYTHON) -m pytest -n $(WORKERS) --dist loadscope --no-loadscope-reorder $(ARGS)

bench: $(READY) $(KAFKA) ## Measure this beside alternatives, within ten minutes
	@$(PYTHON) -m tests.performance $(ARGS)

chaos: $(READY) $(KAFKA) ## Break everything from one seed and reconcile it; SEED= SECONDS= ONLY=
	@$(PYTHON) -m tests.chaos $(if $(SEED),--seed $(SEED)) $(if $(SECONDS),--seconds $(SECONDS)) $(if $(ONLY),--only $(ONLY)) $(ARGS)

check: $(READY) ## Style, types, import rules, contracts and dashboard not stale
	@$(PYTHON) -m ruff check .
	@$(PYTHON) -m ruff format --check .
	@$(PYTHON) -m mypy
	@.venv/bin/lint-imports --no-logo
	@$(PYTHON) -m shared.contracts check
	@$(PYTHON) -m deploy.grafana check

contracts: $(READY) ## Generate JSON Schemas, AsyncAPI and the topic diagram
	@$(PYTHON) -m shared.contracts generate

dashboard: $(READY) ## Generate Grafana's dashboard from deploy/grafana/panels.yml
	@$(PYTHON) -m deploy.grafana generate

clean: ## Remove the environment, the local data and every cache
	@rm -rf .venv .local .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(READY): requirements.lock deploy/local/install.sh
	@sh deploy/local/install.sh

$(KAFKA): deploy/local/kafka/jgo.lock.toml | $(READY)
	@$(PYTHON) -m deploy.local.kafka
	@touch $@
