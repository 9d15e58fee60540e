# The one entry point for everyone who works on specplan. `make help` lists the targets; the
# text behind each `##` is its help.
#
# Everything happens in the active virtual environment. Where none is active, one is made
# in `.venv` and used without being activated, so that no target ever installs into a
# system's Python. Needed beforehand: Rust, Python 3.10 or newer, make, a C linker;
# `tools/preflight` names what is missing, and how to get it, before anything is built.
#
# What is installed there has the versions and hashes that stand in `requirements/`, so that
# the same commit gives the same verdict on every day; `make lock` renews them.

.DEFAULT_GOAL := help

# Only `.venv` asks which Python to make it with; another is named as `make PYTHON=...`.
PYTHON ?= $(shell tools/preflight python)

ifdef VIRTUAL_ENV
ENVIRONMENT := $(VIRTUAL_ENV)
else
ENVIRONMENT := $(CURDIR)/.venv
endif
BIN := $(ENVIRONMENT)/bin

PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
# $(call locked,run test): install these parts of the lock.
locked = $(PIP) install --require-hashes $(foreach part,$(1),--requirement requirements/$(part).txt)
# The wheel, built by the maturin of the lock, which has to be on the path for that.
WHEEL := PATH="$(BIN):$$PATH" $(PIP) install --no-build-isolation --no-deps .
# The tests share nothing, so each core takes what is left of them.
PYTEST := $(BIN)/python -m pytest --numprocesses=auto --dist=worksteal --pyargs specplan ./tests
CHECKED := python tests benches tools

# The bindings find their interpreter here; one answer for all targets keeps cargo from
# building them again for each.
export PYO3_PYTHON := $(BIN)/python

ifdef CI
# A merge must not fail or pass by luck: properties draw the same examples in every run.
PROPTEST_RNG_SEED ?= 20250525
export PROPTEST_RNG_SEED
# It asks whether answers are right, not how fast they come: the wheel of the gate is built without
# optimization across crates, in half the time. Wheels that are published are built by maturin itself.
CARGO_PROFILE_RELEASE_LTO ?= off
CARGO_PROFILE_RELEASE_DEBUG ?= none
export CARGO_PROFILE_RELEASE_LTO CARGO_PROFILE_RELEASE_DEBUG
endif

.PHONY: help
help: ## show this list
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "%-14s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

.PHONY: all
all: lint types docs test ## all that must hold before a merge, as CI runs it

.PHONY: demo
demo: build ## make the environment, build, and ask the example cache what the stack e4s lacks
	cd examples && $(BIN)/specplan gaps --stack e4s
	@echo
	@echo 'To ask more: . $(BIN)/activate && cd examples && specplan --help'

.PHONY: build
build: environment ## build the release wheel and install it into the virtual environment
	@$(call locked,run build)
	@echo 'building the wheel (the first time takes a few minutes)'
	$(WHEEL)

.PHONY: format
format: lint-tools ## format the Rust and the Python code in place
	cargo fmt --all
	$(BIN)/ruff check --fix-only --quiet $(CHECKED)
	$(BIN)/ruff format $(CHECKED)

.PHONY: lint
lint: lint-tools ## check formatting, lints and documentation without changing a file
	cargo fmt --all --check
	$(BIN)/ruff format --check $(CHECKED)
	$(BIN)/ruff check $(CHECKED)
	cargo clippy --workspace --all-targets --locked -- -D warnings
	RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps --document-private-items --locked

.PHONY: types
types: environment ## check all Python types, and the stub of the compiled module against the module
	$(call locked,run build bench lint test)
	$(WHEEL)
	$(BIN)/python -m mypy $(CHECKED)
	MYPYPATH=python $(BIN)/python -m mypy.stubtest specplan._core \
	  --mypy-config-file pyproject.toml --allowlist tests/typing/stubtest-allowlist.txt

.PHONY: docs
docs: environment ## build the site of the documentation in target/site, and fail at any warning
	@$(call locked,run build docs)
	$(WHEEL)
	$(BIN)/python -m sphinx -W --keep-going -E -q -b html docs target/site

.PHONY: test
test: environment ## run every test: Rust, Python, and the examples in the documentation
	cargo test --workspace --locked
	$(call locked,run build test)
	$(WHEEL)
	$(PYTEST)

.PHONY: test-newest
test-newest: environment ## run every Python test with the newest releases that pyproject.toml allows
	$(PIP) install --upgrade --upgrade-strategy eager '.[test]'
	$(PYTEST)

.PHONY: test-s3
test-s3: environment ## run the tests of object stores as well, against a server that speaks S3
	$(call locked,run build test test-s3)
	$(WHEEL)
	$(BIN)/python -m pytest ./tests/unit/test_sources_s3.py

.PHONY: test-engines
test-engines: environment ## compute the matrix of a saved catalog with DuckDB, Dask and Spark (which needs Java) as well
	@command -v java >/dev/null || echo 'Spark is skipped: it needs Java (Debian: default-jre-headless)'
	$(call locked,run build test test-engines)
	$(WHEEL)
	$(BIN)/python -m pytest ./tests/engines ./tests/unit/test_tables.py ./tests/unit/test_python_face.py ./tests/cli/test_notebook.py

.PHONY: properties
properties: environment ## search long (an hour or so) for examples that break a property
	PROPTEST_CASES=10000 cargo test --workspace --locked --config 'profile.dev.opt-level=2'
	$(call locked,run build bench test)
	$(WHEEL)
	$(BIN)/python -m pytest ./tests/property --hypothesis-profile=deep --timeout=3600

# What a fuzzer learns and finds stays out of the checkout until somebody commits it.
FUZZ_SECONDS ?= 180
FUZZ_FOUND ?= target/fuzz
# Another seed gives other inputs; the one that was used is printed.
FUZZ_SEED ?= $(shell date +%s)

.PHONY: fuzz
fuzz: build ## damage files of every kind and ask all commands about them, FUZZ_SECONDS long
	$(call locked,run test)
	$(BIN)/python -m tests.fuzz --seconds $(FUZZ_SECONDS) --seed $(FUZZ_SEED) --found $(FUZZ_FOUND)/answers

.PHONY: fuzz-coverage
fuzz-coverage: ## let coverage guide a search for inputs that break a reader (nightly Rust, cargo-fuzz)
	cargo +nightly fuzz build --fuzz-dir rust/fuzz
	@for target in $$(cargo +nightly fuzz list --fuzz-dir rust/fuzz); do \
	  mkdir -p $(FUZZ_FOUND)/$$target; \
	  echo "$$target, $(FUZZ_SECONDS) s"; \
	  cargo +nightly fuzz run --fuzz-dir rust/fuzz $$target \
	    $(FUZZ_FOUND)/$$target rust/fuzz/corpus/$$target -- \
	    -dict=rust/fuzz/words.dict -artifact_prefix=$(FUZZ_FOUND)/ \
	    -max_total_time=$(FUZZ_SECONDS) -timeout=10 -rss_limit_mb=2048 -max_len=16384 || exit 1; \
	done

.PHONY: bench
bench: environment ## run the benches at small sizes, to show that they work
	$(call locked,run build bench)
	$(WHEEL)
	$(BIN)/python -m benches.all --quick
	$(BIN)/python -m benches.pages_of_reports --specs 3000 --cells 60 --builds 200
	cargo test --package specplan-planner --bench scale --locked

.PHONY: bench-all
bench-all: environment ## run the benches at full size (twenty minutes) and write benches/RESULTS.md
	$(call locked,run build bench)
	$(WHEEL)
	$(BIN)/python -m benches.all

.PHONY: pictures
pictures: build ## draw the pictures of the documentation anew; that of the page needs Chromium
	$(call locked,run test)
	$(BIN)/python docs/pictures.py
	$(BIN)/python docs/pages.py

.PHONY: lock
lock: environment ## renew the lock of all that builds, tests, lints and benches need (requirements/)
	$(PIP) install --upgrade uv
	tools/lock $(BIN)/uv

.PHONY: lint-tools
lint-tools: environment
	@tools/preflight rust lint || tools/preflight check $(ENVIRONMENT) "$(PYTHON)" lint
	@$(call locked,run lint)

.PHONY: environment
environment:
	@tools/preflight check $(ENVIRONMENT) "$(PYTHON)"
	@test -x $(BIN)/python || $(PYTHON) -m venv $(ENVIRONMENT)
