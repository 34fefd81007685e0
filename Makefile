# make test    everything; installs what it needs as root on Debian, elsewhere says what is missing
# make check   the quick part that needs only Go
# make fuzz    each fuzz target for FUZZTIME
# make bench   the figures of docs/performance.md on your machine, on both engines
# make bench-search  how long searches take among a million contacts, on both engines
# make bench-client  our Go client beside the official module; COLD=1 also builds both from nothing
# make crash   kill -9 under load, ROUNDS times on each engine
# make web     rebuilds the web pages' bundle

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.NOTPARALLEL:
.PHONY: test check lint format vet unit conformance web-check web fuzz bench bench-search bench-client crash tests

FUZZTIME ?= 20s
ROUNDS ?= 100

# Everything is compiled once, with the race detector: tests, vet, staticcheck and the server that the clients drive.
RACE := CGO_ENABLED=1 GOFLAGS="$(shell go env GOFLAGS) -race"

test:
	@tools/need
	@tools/with-postgres $(MAKE) --no-print-directory tests

tests: lint unit conformance web-check

check: format
	go vet ./...
	PARLEY_TEST_ENGINES=sqlite go test ./...

lint: format vet

# A file that is deleted but not committed yet is still in the list of git.
GOFILES = git ls-files -co --exclude-standard '*.go' | sort -u | while read -r f; do [ ! -e "$$f" ] || echo "$$f"; done

bin/gofumpt bin/staticcheck: tools/go.mod
	go -C tools build -o ../bin/ mvdan.cc/gofumpt honnef.co/go/tools/cmd/staticcheck

format: bin/gofumpt
	@files=$$($(GOFILES) | xargs bin/gofumpt -l); [ -z "$$files" ] || { echo "not formatted (bin/gofumpt -w):"; echo "$$files"; exit 1; }
	go generate ./api/... && git diff --exit-code --stat -- 'api/*/calls.go'
	go mod tidy -diff
	go -C conformance mod tidy -diff

vet: bin/staticcheck
	$(RACE) go vet ./...
	$(RACE) bin/staticcheck ./...
	cd conformance && $(RACE) go vet ./... && $(RACE) ../bin/staticcheck ./...

unit:
	$(RACE) go test -timeout 20m ./...

NPM_CI := npm ci --no-audit --no-fund --loglevel=error

conformance:
	$(RACE) go build -o bin/parley-race ./cmd/parley
	cd conformance && $(NPM_CI)
	cd conformance && PARLEY=$(CURDIR)/bin/parley-race $(RACE) go test -count=1 -timeout 20m ./...
	cd conformance && PARLEY=$(CURDIR)/bin/parley-race npm test

web-check:
	go -C tools run ./bundle -check
	cd web && $(NPM_CI) && npm run check

web:
	go -C tools run ./bundle

fuzz:
	@go test -list '^Fuzz' ./... | awk '/^Fuzz/ {f[n++] = $$1} /^ok/ {for (i = 0; i < n; i++) print $$2, f[i]; n = 0}' | \
	while read -r package target; do \
		echo "$$package $$target"; \
		go test -run '^$$' -fuzz "^$$target$$" -fuzztime $(FUZZTIME) "$$package"; \
	done

bench:
	go build -o bin/parley ./cmd/parley
	PARLEY_POSTGRES_FSYNC=on tools/with-postgres bash -c 'bin/parley bench all --half --chats 1,100,1000 --database sqlite --database "$$PARLEY_TEST_POSTGRES"'

CONTACTS ?= 1000000

bench-search:
	PARLEY_POSTGRES_FSYNC=on PARLEY_BENCH_CONTACTS=$(CONTACTS) tools/with-postgres go test -run '^$$' -bench '^BenchmarkSearch$$' -timeout 2h ./internal/store

bench-client:
	go -C conformance test -run '^$$' -bench . -cpu 1 ./clients
	tools/client-size

crash:
	PARLEY_POSTGRES_FSYNC=on PARLEY_CRASH_ROUNDS=$(ROUNDS) tools/with-postgres go -C conformance test -count=1 -timeout 2h -v ./crash
