# Two commands do everything: `make demo` and `make test`. A Rust toolchain, Python 3.10 or newer and a C compiler are all they need.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
# Where Cargo puts what it builds: the caller may have said another folder, in the environment or in Cargo's own settings.
TARGET := $(or $(CARGO_TARGET_DIR),$(shell cargo metadata --format-version 1 --no-deps 2> /dev/null | \
	sed -n 's/.*"target_directory":"\([^"]*\)".*/\1/p'),target)
# Ruff's words for the notebooks, whose code must fit a page.
NOTEBOOKS := --config kam-py/pyproject.toml --line-length 100 docs/notebooks

.DEFAULT_GOAL := help
.PHONY: help build install demo test test-rust test-python lint format generate docs bench bench-peers clean

help: ## List the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

$(VENV)/made: kam-py/requirements.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --no-cache-dir --upgrade pip
	$(BIN)/pip install --quiet --no-cache-dir -r kam-py/requirements.txt
	@touch $@

build: $(VENV)/made ## Build the release library, its header, and kam in .venv
	cargo build --release --locked --workspace
	@rm -rf $(TARGET)/wheels
	PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/pip wheel --quiet --no-deps --no-build-isolation --wheel-dir $(TARGET)/wheels ./kam-py
	$(BIN)/pip install --quiet --no-deps --force-reinstall $(TARGET)/wheels/kam-*.whl
	@mkdir -p dist/lib dist/include
	@cp $(TARGET)/release/libkam.so $(TARGET)/release/libkam.a dist/lib/
	@strip --strip-debug dist/lib/libkam.so dist/lib/libkam.a
	@cp kam-ffi/include/kam.h kam-ffi/include/kam.hpp dist/include/
	@echo "built: kam in $(VENV), the C library and its headers in dist/"

# The newest cargo-c that the workspace's oldest Rust compiles. It is a tool: compiled without optimisation it does the same in a third of the time.
CARGO_C := 0.10.19+cargo-0.93.0
PREFIX  ?= /usr/local
LIBDIR  ?= $(PREFIX)/lib
DESTDIR ?=

install: ## Install the C library, headers, pkg-config and CMake files: PREFIX=/usr/local, LIBDIR, DESTDIR
	@cargo cinstall --version > /dev/null 2>&1 || $(CARGO_C_INSTALL)
	cargo cinstall --release --locked -p kam-ffi --prefix "$(abspath $(PREFIX))" --libdir "$(abspath $(LIBDIR))" \
		$(if $(DESTDIR),--destdir "$(DESTDIR)")
	@strip --strip-debug "$(DESTDIR)$(abspath $(LIBDIR))/libkam.a" "$(DESTDIR)$(abspath $(LIBDIR))"/libkam.so.*.*.*
	@echo "installed: kam in $(DESTDIR)$(abspath $(PREFIX))"

# OpenSSL is cargo's, for what kam does not use; where its headers are missing it is compiled too.
CARGO_C_INSTALL = CARGO_PROFILE_DEV_DEBUG=0 CARGO_TARGET_DIR="$(abspath $(TARGET))/cargo-c" cargo install --debug --locked cargo-c \
	--version "$(CARGO_C)" $(shell pkg-config --exists openssl 2> /dev/null || echo --features vendored-openssl)

demo: build ## Review the built-in sample company: review.html and review.json
	$(BIN)/kam demo --html review.html --json review.json

test: test-rust test-python ## Run every test: Rust, C and Python

test-rust: ## Run the tests of the core and of the C interface
	cargo test --release --locked --workspace

test-python: build ## Run the tests of the Python package
	$(BIN)/python -m pytest -q kam-py/tests

lint: $(VENV)/made ## Check formatting, lints, types and stubs
	cargo fmt --all --check
	cargo clippy --release --locked --workspace --all-targets -- -D warnings
	$(BIN)/ruff check kam-py benches/peers
	$(BIN)/ruff format --check kam-py benches/peers
	$(BIN)/ruff check $(NOTEBOOKS)
	$(BIN)/ruff format --check $(NOTEBOOKS)
	@$(BIN)/python -c 'import kam' 2>/dev/null || $(MAKE) build
	cd kam-py/python && ../../$(BIN)/mypy kam
	$(BIN)/python -m mypy.stubtest kam --ignore-missing-stub

format: $(VENV)/made ## Format the code
	cargo fmt --all
	$(BIN)/ruff format kam-py benches/peers
	$(BIN)/ruff format $(NOTEBOOKS)
	$(BIN)/ruff check --fix kam-py benches/peers

generate: build ## Write what is made from the registry: Python functions, option tables, the C header
	$(BIN)/python kam-py/generate
	KAM_WRITE_HEADER=1 cargo test --release --locked --workspace --test header

docs: build ## Run the notebooks and keep their outputs, draw the pictures of the pages
	$(BIN)/python kam-py/notebooks.py
	$(BIN)/python kam-py/pictures.py

bench-peers: build ## Compare the fold with DuckDB, Polars, DataFusion, ClickHouse and pandas: target/peers/peers.md
	$(BIN)/pip install --quiet -r benches/peers/requirements.txt
	cargo build --release --locked -p kam-benches
	PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python benches/peers/fold.py --bin $(TARGET)/release --out $(TARGET)/peers \
		$(if $(wildcard ../shared/ledgers),--shared ../shared/ledgers)

bench: ## Time the parts of the library: fold, merge, codec, every method
	cargo bench --locked -p kam-benches

clean: ## Remove what was built
	cargo clean
	rm -rf $(VENV) dist review.html review.json
