# The commands a newcomer needs. `make` alone lists them.

PACKAGES := libcurl4-openssl-dev libsqlite3-dev openssl python3 curl make git
SOURCES := Package.swift Sources Tests Docs
CHECK := --explicit-target-dependency-import-check error
# What failed is said once more at the end, since a log may be seen by its last lines only.
RESULT := .build/tests.log
SHELL := bash

# Where `make release` builds, and where `make install` puts things; DESTDIR goes before it all.
BUILD ?= .build
PREFIX ?= /usr/local
UNITS := muster.service muster-sync.service muster-sync.timer

.PHONY: help demo test soak bench release install format packages

help: ## List these commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: packages ## Build everything and show the main job on an emulated school
	@swift build --product muster
	@swift build --product mis-emulator
	@"$$(swift build --show-bin-path)/muster" demo

test: packages ## Check the format, build with all checks, run every test
	@swift format lint --strict --recursive --parallel $(SOURCES)
	@swift build --build-tests $(CHECK)
	@SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH=2 swift test --skip-build 2>&1 | tee $(RESULT); \
		test $${PIPESTATUS[0]} = 0 || { grep -a '^✘.*recorded an issue\|^↳\|Fatal error\|unexpected signal' $(RESULT) \
			| cut -c 1-400 | tail -n 40; grep -a '^✘ Test run' $(RESULT); exit 1; }

soak: packages ## Run 10,000 made-up school years (or MUSTER_SIMULATION_SEEDS) and 100,000 records with faults
	@swift build --build-tests
	@SWIFT_DETERMINISTIC_HASHING=1 MUSTER_SIMULATION_SEEDS="$${MUSTER_SIMULATION_SEEDS:-10000}" \
		nice swift test --skip-build --filter SimulationTests
	@MUSTER_BAD_RECORDS=100000 nice swift test --skip-build --filter BadInputTests

# MUSTER_BENCH_STAFF=1000000 measures Sync Data with a million people instead; it takes half an hour.
bench: packages ## Measure logins and Sync Data, in one run, as ratios
	@MUSTER_BENCH=1 swift build -c release --product muster --scratch-path .build-bench
	@MUSTER_BENCH=1 swift build -c release --product bench --scratch-path .build-bench
	@.build-bench/release/bench

# With the Swift runtime inside, so that it runs where no Swift is installed.
release: packages ## Build the command for use, as .build/muster
	@swift build -c release --product muster --static-swift-stdlib --scratch-path $(BUILD)
	@strip -o $(BUILD)/muster $(BUILD)/release/muster
	@du -h $(BUILD)/muster

install: ## Install .build/muster and the systemd units under PREFIX (/usr/local) in DESTDIR
	@test -x $(BUILD)/muster || { echo "There is no $(BUILD)/muster; run \`make release\` first." >&2; exit 1; }
	install -D -m 0755 $(BUILD)/muster $(DESTDIR)$(PREFIX)/bin/muster
	@for unit in $(UNITS); do \
		sed 's,/usr/local/bin/muster,$(PREFIX)/bin/muster,g' Config/$$unit \
			| install -D -m 0644 /dev/stdin $(DESTDIR)$(PREFIX)/lib/systemd/system/$$unit; \
		echo "$(DESTDIR)$(PREFIX)/lib/systemd/system/$$unit"; done

format: ## Format the code in place
	@swift format --in-place --recursive --parallel $(SOURCES)

# Says what is missing before it installs anything; needs root or sudo only then.
packages:
	@command -v swift > /dev/null || { echo "Swift 6.2 or later is needed: see https://swift.org/install" >&2; exit 1; }
	@missing=""; for package in $(PACKAGES); do \
		dpkg-query -W -f '$${Status}' $$package 2> /dev/null | grep -q 'ok installed' || missing="$$missing $$package"; done; \
	if [ -n "$$missing" ]; then \
		echo "Installing system packages with apt:$$missing"; \
		if [ "$$(id -u)" = 0 ]; then elevate=""; else elevate="sudo"; fi; \
		$$elevate apt-get update -q && $$elevate env DEBIAN_FRONTEND=noninteractive apt-get install -q -y $$missing; \
	fi
