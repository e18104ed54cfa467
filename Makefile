# Thin: what a command does is in local/ (the local cloud), infra/ (the CDK app) and the tests.

# The port of `make up`'s local cloud.
PORT ?= 4566
PYTHON ?= python3
# One for every checkout and for CI, so that the AWS SDK is compiled once.
export CARGO_TARGET_DIR ?= $(HOME)/.cache/sluice/target

TOOLS := $(HOME)/.cache/sluice/tools
CARGO_DENY := $(TOOLS)/cargo-deny-0.20.2/bin/cargo-deny
CARGO_MACHETE := $(TOOLS)/cargo-machete-0.9.2/bin/cargo-machete
RUN := .venv/bin/python
CDK := node_modules/.bin/cdk
# In turns with other checkouts: two in one target directory are given each other's code otherwise.
CARGO := $(PYTHON) -m local.cargo --target-dir "$(CARGO_TARGET_DIR)" cargo
PIP_INSTALL := $(RUN) -m pip install --quiet --disable-pip-version-check --require-hashes
SIMULATE := $(CARGO) run --locked --quiet --profile simulate -p sluice-simulate --bin simulate --
FUNCTION_PACKAGES := -p sluice-ingest -p sluice-worker -p sluice-query
# The ones in infra/config that are deployed to AWS.
CLOUD_ENVIRONMENTS := dev staging prod
# Those that make up can deploy: their API takes calls without a signature.
LOCAL_ENVIRONMENTS := local local-fifo
# ENV in a shell's own environment is another thing, the file that sh reads first.
LOCAL_ENVIRONMENT := $(if $(findstring command,$(origin ENV)),$(ENV),local)
ARM64_FUNCTIONS := .local/functions-arm64
ARM64_TARGET := aarch64-unknown-linux-gnu

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL:
.SUFFIXES:

# $(call fail,text): the one line that a failed step ends with.
fail = { echo "sluice: $(1)" >&2; exit 1; }

.PHONY: help
help: ## Lists these commands
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

##### The local cloud

.PHONY: up
up: environment-local check-port .venv/requirements.installed node_modules/.installed ## Builds, starts the local cloud, deploys to it and sends a first event (PORT=4566, ENV=local)
	@$(RUN) -m local up --port $(PORT) --environment $(LOCAL_ENVIRONMENT) --target-dir "$(CARGO_TARGET_DIR)"

.PHONY: down
down: ## Stops the local cloud and everything in it
	@if [ -x $(RUN) ]; then $(RUN) -m local down; else echo "No local cloud was running."; fi

.PHONY: build
build: check .venv/requirements.installed ## Builds the functions for this machine into .local/functions
	@$(RUN) -m local build --target-dir "$(CARGO_TARGET_DIR)"

##### Tests and lint

.PHONY: test
test: test-rust test-simulation test-docs test-infra test-local test-e2e ## Runs every test, on a local cloud of its own (20 min; the first time up to 60)
	@echo "All tests passed."

.PHONY: test-rust
test-rust: check ## Rust: unit and property tests, then the AWS adapters against the SDK's mocks
	@echo "==> Rust tests (first time 10 to 20 min, for the AWS SDK; then 2 min)"
	@$(CARGO) test --locked --quiet
	@$(CARGO) test --locked --quiet -p sluice-adapters-aws

.PHONY: test-simulation
test-simulation: check .venv/requirements.installed ## A minute of simulated worlds, and bugs planted for them to see (4 min; the first time 8)
	@echo "==> Simulation: 500,000 events in known worlds (1 min), planted bugs (first time 8 min, then 4)"
	@$(SIMULATE) --events 500000 --seed 1
	@$(RUN) -m pytest --quiet tests/simulation

.PHONY: test-full
test-full: test ## Every test, then a million simulated events in new worlds (10 min more)
	@$(SIMULATE) --events 1000000

.PHONY: simulate
simulate: check ## Ingest and worker in simulated worlds that go wrong (EVENTS=10000 SEED=… QUEUE=standard|fifo TRACE=1)
	@$(SIMULATE) --events "$(EVENTS)" --seed "$(SEED)" --queue "$(QUEUE)" $(if $(TRACE),--trace)

.PHONY: test-docs
test-docs: check .venv/requirements.installed ## The README's event type, added to a copy and tested (10 s; the first time 2 min)
	@echo "==> Tests of the README's event type (first time 2 min; then 10 s)"
	@$(RUN) -m pytest --quiet tests/docs

.PHONY: test-infra
test-infra: node_modules/.installed ## The CDK app's assertion tests (1 min)
	@echo "==> CDK tests (1 min)"
	@npm test --silent

.PHONY: test-local
test-local: .venv/requirements.installed ## The local cloud's own scripts (seconds)
	@echo "==> Tests of the local cloud's scripts (5 s)"
	@$(RUN) -m pytest --quiet tests/local

.PHONY: test-e2e
test-e2e: build node_modules/.installed ## End to end on a local cloud of its own, with IAM and TLS enforced, for both kinds of queue (10 min)
	@echo "==> End-to-end tests, with IAM and TLS enforced, for both kinds of queue (10 min)"
	@$(RUN) -m pytest tests/e2e

.PHONY: lint
lint: lint-rust lint-infra lint-python ## Formats and lints checked, nothing changed
	@echo "Lint is clean."

.PHONY: lint-rust
lint-rust: check $(CARGO_DENY) $(CARGO_MACHETE)
	@echo "==> Rust: format, clippy (first time 10 min, for the AWS SDK), dependencies"
	@cargo fmt --all --check
	@$(CARGO) clippy --locked --quiet --workspace --all-targets --all-features -- -D warnings
	@$(CARGO_DENY) --log-level warn --locked check bans licenses sources
	@$(CARGO_MACHETE)

.PHONY: lint-infra
lint-infra: node_modules/.installed .venv/requirements-lint.installed
	@echo "==> TypeScript: Biome, types; templates of $(CLOUD_ENVIRONMENTS): the CDK's validation, cfn-lint"
	@npm run --silent lint
	@npm run --silent typecheck
	@$(foreach env,$(CLOUD_ENVIRONMENTS),$(CDK) synth --quiet --context env=$(env) --output .local/lint/$(env) \
		&& .venv/bin/cfn-lint --config-file infra/cfn-lint.yaml --non-zero-exit-code warning \
			-t .local/lint/$(env)/Sluice-$(env).template.json &&) true

.PHONY: lint-python
lint-python: .venv/requirements-lint.installed
	@echo "==> Python: ruff"
	@.venv/bin/ruff check --quiet
	@.venv/bin/ruff format --quiet --check

.PHONY: docs
docs: node_modules/.installed ## Writes the tables in README and docs/ENVIRONMENT.md anew, from the configuration
	@npm run --silent docs

##### AWS

.PHONY: deploy
deploy: check env-named no-endpoint arm64-target .venv/requirements.installed .venv/requirements-deploy.installed node_modules/.installed ## Deploys to AWS with your shell's credentials (ENV=dev)
	@echo "==> Building the functions for arm64 (first time 5 to 15 min, then seconds)"
	@PATH="$(CURDIR)/.venv/bin:$$PATH" $(CARGO) lambda build --release --locked --arm64 --features aws $(FUNCTION_PACKAGES) --bins \
		--lambda-dir $(ARM64_FUNCTIONS) || $(call fail,the functions did not build: the messages above say why)
	@echo "==> Deploying Sluice-$(ENV) (3 min)"
	@queue=$$($(RUN) -m local.deployed Sluice-$(ENV)); \
		$(CDK) deploy Sluice-$(ENV) --context env=$(ENV) --context functionsDir=$(ARM64_FUNCTIONS) \
		$${queue:+--context deployedQueueUrl=$$queue} \
		|| $(call fail,Sluice-$(ENV) did not deploy: the CDK's messages above say why)

.PHONY: diff
diff: env-named no-endpoint node_modules/.installed ## What make deploy would change in AWS (ENV=dev)
	@$(CDK) diff Sluice-$(ENV) --context env=$(ENV) $(if $(wildcard $(ARM64_FUNCTIONS)),--context functionsDir=$(ARM64_FUNCTIONS))

.PHONY: destroy
destroy: env-named no-endpoint node_modules/.installed ## Removes an environment from AWS, after asking for its name (ENV=dev)
	@node --import tsx infra/bin/before-removal.ts "$(ENV)"
	@answer="$(CONFIRM)"; if [ -z "$$answer" ]; then printf 'Its name, to go on: '; read -r answer; fi; \
		[ "$$answer" = "$(ENV)" ] || $(call fail,that is not $(ENV): nothing was removed)
	@$(CDK) destroy Sluice-$(ENV) --context env=$(ENV) --force || $(call fail,Sluice-$(ENV) was not removed: the CDK's \
		messages above say why. A protection that infra/config has no more goes with make deploy ENV=$(ENV))

.PHONY: env-named
env-named:
	@[ -n "$(ENV)" ] || $(call fail,which environment? For example: make $(MAKECMDGOALS) ENV=dev)
	@[ -n "$(filter $(CLOUD_ENVIRONMENTS),$(ENV))" ] \
		|| $(call fail,$(ENV) is no environment in AWS; these are: $(CLOUD_ENVIRONMENTS))

.PHONY: environment-local
environment-local:
	@[ -n "$(filter $(LOCAL_ENVIRONMENTS),$(LOCAL_ENVIRONMENT))" ] \
		|| $(call fail,$(LOCAL_ENVIRONMENT) is no environment of the local cloud; these are: $(LOCAL_ENVIRONMENTS))

# A forgotten export would send a deployment meant for AWS to a local cloud, or half of it.
.PHONY: no-endpoint
no-endpoint:
	@set=$$(env | sed -n 's/^\(AWS_ENDPOINT_URL[A-Z0-9_]*\)=..*/\1/p' | head -n 1); \
		[ -z "$$set" ] || $(call fail,$$set is set and would send this somewhere else than to AWS: unset $$set)

.PHONY: arm64-target
arm64-target:
	@[ -d "$$(rustc --print sysroot)/lib/rustlib/$(ARM64_TARGET)" ] \
		|| $(call fail,Rust has no target for Lambda on arm64: rustup target add $(ARM64_TARGET))

##### What the commands need

.PHONY: python
python:
	@command -v $(PYTHON) >/dev/null || $(call fail,Python 3.11 or newer is needed: install it from your system's packages or https://python.org)

# Free for a first build, measured: 2.4 GB with the functions alone, 8 GB with all tests and lints.
GIGABYTES := 4
test test-rust lint lint-rust: GIGABYTES := 10

.PHONY: check
check: python
	@$(PYTHON) -m local.prerequisites --target-dir "$(CARGO_TARGET_DIR)" --gigabytes $(GIGABYTES)

.PHONY: check-port
check-port: python
	@$(PYTHON) -m local.prerequisites --target-dir "$(CARGO_TARGET_DIR)" --gigabytes $(GIGABYTES) --port $(PORT)

.venv/bin/python: | check
	@echo "==> Making .venv (5 s)"
	@$(PYTHON) -m venv .venv || $(call fail,the virtual environment could not be made: the messages above say why)

.venv/%.installed: %.txt | .venv/bin/python
	@echo "==> Installing $*.txt into .venv ($(if $(findstring deploy,$*),1 min,10 s))"
	@$(PIP_INSTALL) -r $< || $(call fail,pip could not install $<: the messages above say why)
	@touch $@

node_modules/.installed: package.json package-lock.json | check
	@echo "==> Installing the npm packages of package-lock.json (20 s)"
	@npm ci --no-audit --no-fund --loglevel=error || $(call fail,npm could not install: the messages above say why)
	@touch $@

$(TOOLS)/%: | check
	@tool=$$(echo $* | cut -d/ -f1); name=$${tool%-*}; \
		echo "==> Installing $$name $${tool##*-} from source, once (cargo-deny 4 min, cargo-machete 1 min)"; \
		CARGO_TARGET_DIR=$(TOOLS)/build cargo install --quiet --locked --root $(TOOLS)/$$tool $$name@$${tool##*-} \
		|| $(call fail,$$name did not install: the messages above say why); rm -rf $(TOOLS)/build
