# make report   faces on first use, release build, data check, every briefing into reports/
# make test     tools on first use, then every check and test
# make soak     the long trials: 200 ticks that are killed, two daemons for 1,000 occurrences; some ten minutes
# make bench    paired timings against the stock typst command line and an earlier state; two hours
# make install  into PREFIX (/usr/local): program, templates, faces, manual pages, completions, documents; make uninstall takes all of it away
# Needs Rust 1.92 or later, a C compiler and make.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c

# A clean build of Typst takes minutes; one folder serves every clone of this user.
export CARGO_TARGET_DIR ?= $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/report/target

.PHONY: report test soak bench install uninstall fonts fmt lint doc

report: fonts
	cargo build --release --locked --quiet
	$(CARGO_TARGET_DIR)/release/report check
	$(CARGO_TARGET_DIR)/release/report generate --all
	@echo "the briefings are in $(CURDIR)/reports"

# Exit code 3: no apt-get here; the system's own faces then fill the roles, or `report doctor` says which are missing.
fonts:
	@scripts/fetch-fonts || [ $$? -eq 3 ]

test: fonts fmt lint doc
	scripts/fetch-pyhanko || [ $$? -eq 3 ]
	scripts/fetch-kubernetes-schema || [ $$? -eq 3 ]
	eval "$$(scripts/fetch-tools)"; scripts/fetch-verapdf || [ $$? -eq 3 ]; cargo test --locked --quiet
	cargo run --locked --quiet -- check --deny warnings
	@if [ -d .git ]; then git diff --exit-code --stat; fi

soak: fonts
	eval "$$(scripts/fetch-tools)"; cargo test --locked --quiet --test suite -- --ignored soak

fmt:
	cargo fmt --check

lint:
	cargo clippy --locked --quiet --all-targets -- -D warnings

doc:
	RUSTDOCFLAGS="-D warnings" cargo doc --locked --quiet --no-deps --document-private-items

PREFIX ?= /usr/local

install: fonts
	cargo build --release --locked --quiet
	scripts/install --program $(CARGO_TARGET_DIR)/release/report --prefix $(PREFIX) --destdir "$(DESTDIR)"

uninstall:
	scripts/install --uninstall --prefix $(PREFIX) --destdir "$(DESTDIR)"

bench: fonts
	cargo build --release --locked --quiet --bins --example synthesize
	benches/all
