# Fettle. `make` alone prints this help.
#
#   make run          install what is missing, build, start everything, play a company's morning
#   make test         every test, with real servers; SAN=1 under address and undefined-behaviour sanitizers
#   make sim          a simulated company under faults, from new seeds; SIM_MINUTES=10, SIM_SEED=N repeats one
#   make mutants      defects of one line each, that the simulated company must show; MUTANT=name
#   make check        format, warnings, clang-tidy, dependency rules, banned functions, proto lint, sizes
#   make bench        measured speed beside peers and the limits of this machine, into docs/performance.md; BENCH=quick,
#                     full, exchange (one message into the next service's row), timers (a million SLA clocks),
#                     planner (how good and how fast plans are); BENCH=--help
#   make chaos        the fault matrix on real processes and servers; F=F7,F12: only these, SEED=: again as it was;
#                     writes the table in docs/reliability.md
#   make all          build only: build/fettle and the services beside it
#   make deps         install the packages of deploy/packages.txt (apt; sudo when not root)
#   make fmt          mend spaces                   make docs   docs/events.md and asyncapi.yaml from proto/
#   make install      to PREFIX (/usr/local)          make clean  remove build/

, := ,
MAKEFLAGS += --no-builtin-rules
SHELL  := /bin/bash
SAN    ?=
B      := $(if $(SAN),build/san,build)
G      := build/gen
PREFIX ?= /usr/local
CC     := gcc
VERSION := $(shell cat VERSION 2>/dev/null)

SERVICES := intake dispatcher scheduler inventory billing notifier sla-watchdog
WARN   := -Wall -Wextra -Wno-format-truncation -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith -Wvla -Werror
CFLAGS := -std=gnu11 -O2 -g -fno-strict-aliasing -fno-omit-frame-pointer $(if $(SAN),-fsanitize=address$(,)undefined -fno-sanitize-recover=undefined)
CPPFLAGS := -D_GNU_SOURCE -DFETTLE_VERSION='"$(VERSION)"' $(if $(RELEASE),,-DFETTLE_CRASHPOINTS) -I. -Icommon -Ilib -I$(G) -I/usr/include/postgresql
LDLIBS := -Wl,--as-needed -lczmq -lzmq -lprotobuf-c -lpq -lhiredis -ljansson -lsodium -lical -lcurl -lmicrohttpd -lm -lpthread

PROTOS := $(sort $(shell find proto -name '*.proto'))
TEST_PROTOS := $(wildcard tests/unit/proto/*.proto)
BENCH_PROTO := $(wildcard tests/bench/exchange/parcel.proto)
PBC    := $(PROTOS:proto/%.proto=$(G)/%.pb-c.c)
GEN_C  := $(PBC) $(G)/registry.c $(G)/migrations.c
COMMON := $(wildcard common/*.c)
LIBS   := $(wildcard lib/*/*.c)
TOOL   := $(wildcard tools/fettle/*.c)
UNIT   := $(wildcard tests/unit/test_*.c)
SERVICE_TESTS := $(wildcard tests/service/*/test_*.c)
MIGRATIONS := $(sort $(wildcard common/migrations/*.sql services/*/migrations/*.sql))
BINARIES := $(B)/fettle $(SERVICES:%=$(B)/fettle-%)
EXCHANGE := $(addprefix $(B)/bench/exchange/,sender keeper driver)
BENCHES := $(patsubst tests/%.c,$(B)/%,$(wildcard tests/bench/*.c)) $(EXCHANGE)
TESTS  := $(UNIT:%.c=$(B)/%) $(SERVICE_TESTS:%.c=$(B)/%)
obj     = $(patsubst %.c,$(B)/obj/%.o,$(1))
CORE   := $(B)/libfettle.a

.PHONY: help all run sim mutants test check bench chaos deps fmt docs install clean tests benches
.SECONDARY:

help:
	@sed -n '3,/^$$/s/^# \{0,1\}//p' Makefile

all: $(BINARIES) compile_commands.json
tests: $(TESTS) $(B)/sim/fettle-sim $(B)/tests/lib/failing_sync.so $(B)/hostile/file_storm
benches: $(BENCHES)

# ---- generated code

$(G)/messages.h $(G)/registry.c &: $(PROTOS) tools/messages.awk
	@mkdir -p $(G)
	@awk -v registry_file=$(G)/registry.c.tmp -f tools/messages.awk $(PROTOS) > $(G)/messages.h.tmp
	@cat tools/registry.in.c >> $(G)/registry.c.tmp
	@mv $(G)/registry.c.tmp $(G)/registry.c && mv $(G)/messages.h.tmp $(G)/messages.h

$(G)/parcel_messages.h: $(BENCH_PROTO) tools/messages.awk
	@mkdir -p $(G)
	@cd $(dir $(BENCH_PROTO)) && awk -f $(CURDIR)/tools/messages.awk $(notdir $(BENCH_PROTO)) > $(CURDIR)/$@.tmp
	@mv $@.tmp $@

$(G)/.protos: $(PROTOS) $(TEST_PROTOS) $(BENCH_PROTO)
	@mkdir -p $(G)
	@protoc-c --proto_path=proto --c_out=$(G) $(PROTOS:proto/%=%)
	@protoc-c --proto_path=tests/unit/proto --c_out=$(G) $(TEST_PROTOS)
	@$(if $(BENCH_PROTO),protoc-c --proto_path=$(dir $(BENCH_PROTO)) --c_out=$(G) $(BENCH_PROTO))
	@touch $@

$(PBC) $(PBC:.c=.h) $(G)/parcel.pb-c.c: $(G)/.protos ;

$(G)/migrations.c: $(MIGRATIONS) tools/migrations.awk
	@mkdir -p $(G)
	@awk -f tools/migrations.awk $(MIGRATIONS) > $@.tmp && mv $@.tmp $@

# ---- objects, libraries, programs

$(B)/obj/build/gen/%.o: build/gen/%.c | $(G)/messages.h
	@mkdir -p $(@D)
	@$(CC) $(CPPFLAGS) $(CFLAGS) -c $< -o $@

$(B)/obj/%.o: %.c $(G)/messages.h | $(G)/.protos
	@mkdir -p $(@D)
	@echo "  CC  $<"
	@$(CC) $(CPPFLAGS) $(CFLAGS) $(WARN) -MMD -MP -c $< -o $@

$(CORE): $(call obj,$(COMMON) $(LIBS) $(GEN_C))
	@rm -f $@ && ar rcs $@ $^

$(B)/fettle: $(call obj,$(TOOL)) $(CORE)
	@echo "  LD  $@"
	@$(CC) $(CFLAGS) $^ $(LDLIBS) -o $@

define service_rules
$(B)/fettle-$(1): $(call obj,$(wildcard services/$(1)/*.c)) $(CORE)
	@echo "  LD  $$@"
	@$(CC) $(CFLAGS) $$^ $(LDLIBS) -o $$@
$(B)/tests/service/$(1)/test_%: $(B)/obj/tests/service/$(1)/test_%.o $(call obj,$(wildcard services/$(1)/*.c)) $(CORE)
	@mkdir -p $$(@D)
	@$(CC) $(CFLAGS) $$^ $(LDLIBS) -lcmocka -o $$@
$(call obj,$(wildcard services/$(1)/*.c) $(wildcard tests/service/$(1)/*.c)): CPPFLAGS += -Iservices/$(1)
endef
$(foreach s,$(SERVICES),$(eval $(call service_rules,$(s))))

$(B)/tests/unit/test_%: $(B)/obj/tests/unit/test_%.o $(CORE)
	@mkdir -p $(@D)
	@$(CC) $(CFLAGS) $^ $(LDLIBS) -lcmocka -o $@

$(B)/tests/unit/test_why_text: $(call obj,tests/unit/test_why_text.c tools/fettle/why_text.c tools/fettle/show.c) $(CORE)
	@mkdir -p $(@D)
	@$(CC) $(CFLAGS) $^ $(LDLIBS) -lcmocka -o $@

$(B)/tests/unit/json_tool: $(B)/obj/tests/unit/json_tool.o $(CORE)
	@mkdir -p $(@D)
	@$(CC) $(CFLAGS) $^ $(LDLIBS) -o $@

# goes into programs that are not ours: no sanitizers
$(B)/tests/lib/%.so: tests/lib/%.c
	@mkdir -p $(@D)
	@$(CC) $(CPPFLAGS) -std=gnu11 -O2 $(WARN) -shared -fPIC $< -o $@

# two services of the bench, and the driver of theirs and of the peers; a peer whose library is missing is left out
DRIVER   := applied effect pg_array fettle jetstream rabbitmq redis postgres
PEERS    := $(if $(wildcard /usr/include/nats/nats.h),-lnats) $(if $(wildcard /usr/include/amqp.h),-lrabbitmq)
$(call obj,$(wildcard tests/bench/exchange/*.c)): | $(G)/parcel_messages.h
$(B)/bench/exchange/keeper: $(B)/obj/tests/bench/exchange/applied.o
$(B)/bench/exchange/driver: $(DRIVER:%=$(B)/obj/tests/bench/exchange/%.o)
$(EXCHANGE): $(B)/bench/exchange/%: $(B)/obj/tests/bench/exchange/%.o $(B)/obj/build/gen/parcel.pb-c.o $(CORE)
	@mkdir -p $(@D)
	@$(CC) $(CFLAGS) $(filter %.o,$^) $(CORE) $(LDLIBS) $(PEERS) -o $@

# ---- a simulated company: every service in one program, each with its names kept to itself but its table

SIM_C  := $(wildcard tests/sim/*.c)
SIM_WRAPPED := moment_now moment_steady usleep getpid id_source_init log_say plan_improve wire_unpack
# A plan takes and gives back thousands of small pieces: a seventh less time than with the C library's malloc.
SIM_MALLOC := $(if $(SAN),,$(firstword $(wildcard /usr/lib/*/libtcmalloc_minimal.so.4)))
define sim_rules
$(B)/sim/$(1).o: $(call obj,$(wildcard services/$(1)/*.c))
	@mkdir -p $$(@D)
	@ld -r $$^ -o $$@.all && objcopy --keep-global-symbol=fettle_service $$@.all
	@objcopy --redefine-sym fettle_service=fettle_service_$(subst -,_,$(1)) $$@.all $$@ && rm $$@.all
endef
$(foreach s,$(SERVICES),$(eval $(call sim_rules,$(s))))

$(B)/sim/fettle-sim: $(call obj,$(SIM_C)) $(SERVICES:%=$(B)/sim/%.o) $(CORE)
	@echo "  LD  $@"
	@$(CC) $(CFLAGS) $(SIM_WRAPPED:%=-Wl,--wrap=%) $^ $(LDLIBS) $(SIM_MALLOC:%=-Wl,--no-as-needed %) -o $@

# the command line as a function, for a hundred thousand files

$(B)/hostile/main.o: $(B)/obj/tools/fettle/main.o
	@mkdir -p $(@D)
	@objcopy --redefine-sym main=fettle_main $< $@

$(B)/hostile/file_storm: $(call obj,$(wildcard tests/hostile/*.c)) $(B)/hostile/main.o $(call obj,$(filter-out %/main.c,$(TOOL))) $(CORE)
	@echo "  LD  $@"
	@$(CC) $(CFLAGS) $^ $(LDLIBS) -Wl,-z,now -o $@

$(B)/bench/%: $(B)/obj/tests/bench/%.o $(CORE)
	@mkdir -p $(@D)
	@$(CC) $(CFLAGS) $^ $(LDLIBS) -o $@

compile_commands.json: Makefile tools/compile-commands $(COMMON) $(LIBS) $(TOOL) $(wildcard services/*/*.c)
	@tools/compile-commands $(COMMON) $(LIBS) $(TOOL) $(wildcard services/*/*.c) > $@

# ---- what people type

deps:
	@deploy/install-packages

run: deps
	@$(MAKE) --no-print-directory -s -j2 all
	@build/fettle up --demo

test: deps
	@tests/run $(if $(SAN),--san)

mutants: deps
	@tests/sim/mutants/run $(MUTANT)

sim: deps
	@$(MAKE) --no-print-directory -s -j2 all $(B)/sim/fettle-sim
	@$(B)/sim/fettle-sim $(if $(SIM_SEED),--seed $(SIM_SEED),--minutes $(or $(SIM_MINUTES),1)) $(SIM)

check:
	@tests/check

bench: deps
	@deploy/install-packages deploy/packages-test.txt || echo 'What is missing is left out and named.'
	@[ tests/node_modules -nt tests/package-lock.json ] || npm ci --prefix tests --no-audit --no-fund >/dev/null 2>&1 || true
	@$(MAKE) --no-print-directory -s -j2 all benches
	@VRPTW="$(VRPTW)" TRSP="$(TRSP)" tests/bench/run $(BENCH)

chaos: deps
	@deploy/install-packages deploy/packages-test.txt deploy/packages-chaos.txt
	@$(MAKE) --no-print-directory -s -j2 all $(B)/tests/lib/failing_sync.so
	@/usr/bin/python3 tests/chaos/run.py $(if $(F),--faults "$(F)") $(if $(SEED),--seed $(SEED))

docs:
	@tools/docs

fmt:
	@sed -i -E 's/[ \t]+$$//; s/\t/    /g; s/\)\{$$/) {/' $$(git ls-files '*.c' '*.h')

install: all
	install -d $(DESTDIR)$(PREFIX)/bin
	install $(BINARIES) $(DESTDIR)$(PREFIX)/bin
	install -d $(DESTDIR)$(PREFIX)/share/fettle
	cp -r deploy/data/. $(DESTDIR)$(PREFIX)/share/fettle

clean:
	rm -rf build compile_commands.json

-include $(shell find build -name '*.d' 2>/dev/null)
