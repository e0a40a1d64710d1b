# dotfs: git for data, as a file system. `make help` lists the targets.
SHELL := /bin/bash
.DEFAULT_GOAL := build
PREFIX ?= /usr/local
DESTDIR ?=
MVN ?= mvn -B -ntp
DM := $(CURDIR)/dist/bin/dm

sources := $(shell find pom.xml .mvn */pom.xml */src/main scripts -type f 2>/dev/null)

.PHONY: help build demo test unit-test native-test bench bench-mount bench-store bench-commit bench-client install uninstall format clean deps-build deps-test deps-bench

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

build: deps-build dist/.built ## build dist/bin/dm, runnable from anywhere

dist/.built: $(sources)
	@echo "Building (Maven fetches what is missing)..."
	@$(MVN) -q package -DskipTests
	@scripts/assemble-dist
	@touch $@
	@echo "Built dist/bin/dm"

demo: deps-test dist/.built ## real databases, versioned: the main job in some minutes
	@DM=$(DM) native-tests/demo/demo

test: deps-test ## all tests: unit, native as root and as an ordinary user; installs what is missing
	@scripts/test-all

unit-test: deps-build ## the Java tests alone
	@$(MVN) verify

native-test: deps-test dist/.built ## the tests on real mounts and stores alone
	@DM=$(DM) native-tests/run

bench: deps-bench dist/.built ## all benchmarks, with their yardsticks in the same run
	@DM=$(DM) native-tests/bench/run

bench-mount bench-store bench-commit bench-client: deps-bench dist/.built ## one benchmark
	@DM=$(DM) native-tests/bench/run $@

install: dist/.built ## install under PREFIX (default /usr/local)
	@scripts/install-dist "$(DESTDIR)$(PREFIX)"

uninstall: ## remove what install put under PREFIX
	@scripts/install-dist --remove "$(DESTDIR)$(PREFIX)"

format: ## format the Java sources
	@$(MVN) -q spotless:apply

clean: ## remove everything that was built
	@$(MVN) -q clean
	@rm -rf dist native-tests/build

deps-build:
	@scripts/install-deps build

deps-test:
	@scripts/install-deps test

deps-bench:
	@scripts/install-deps bench
