# maillage. `make` builds build/plain/maillage and maillaged; see README.md and contrib/HACKING.md.
#   make test            all tests of this flavour          make FLAVOUR=san test    the same under ASan and UBSan
#   make demo            the whole job, in one command      make check               layer-check and hdr-check
#   make install         below PREFIX (/usr/local), in DESTDIR when given; make uninstall removes exactly that
#   make deb             Debian packages, in build/deb      make reproducible        builds twice, elsewhere and otherwise, and compares
#   make unit T=merge    the unit tests of one floor        make clean
#   make bench           the benchmarks, in ratios          make bench ROW=3 CALLGRIND=1
#   make corpus MAILLAGE_CORPORA=DIR   real merges of public repositories, by field and by line
#   make sim             a million schedules of syncing, 20,000 histories of merges; one of them: make sim-sync N=1 SEED=n, sim-merge
#   make network ONLY=storm    twenty coordinators for a minute; without ONLY: a link that breaks at 600 places, too (SEED moves them)
#   make prop N=1000000 SEED=7   the laws of merging on so many random cases, on all cores
#   make kill            a sync killed at every step, and every call of it failing, on both cores
#   make fuzz F=yaml T=300   fuzzes a target of tests/fuzz with clang and libFuzzer, for so many seconds

FLAVOUR ?= plain
B ?= build/$(FLAVOUR)
CC ?= cc
PREFIX ?= /usr/local
WERROR ?= -Werror # for packagers with other compilers: WERROR=

# The house, ground floor first: an include may only go down this list (make layer-check).
FLOORS := base yaml schema merge lessons net store index sync loop ctl cli

PKGS := libgit2 libuv libssh2 libpcre2-8 jansson yaml-0.1 zlib sqlite3 nettle
CPPFLAGS += -D_GNU_SOURCE -Idaemon $(shell pkg-config --cflags $(PKGS))
WARN := -Wall -Wextra $(WERROR) -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wold-style-definition \
	-Wpointer-arith -Wwrite-strings -Wvla -Wformat=2 -Wno-format-nonliteral -Wundef -Wimplicit-fallthrough -Wcast-align \
	-Wnull-dereference -Wduplicated-cond -Wlogical-op -Wno-clobbered
CFLAGS_plain := -O2 -g -fstack-protector-strong -D_FORTIFY_SOURCE=2
CFLAGS_san := -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer -DARENA_MALLOC
CFLAGS_fuzz := $(CFLAGS_san) -fsanitize=fuzzer-no-link
LDFLAGS_san := -fsanitize=address,undefined
LDFLAGS_fuzz := $(LDFLAGS_san) -fsanitize=fuzzer
ifeq ($(FLAVOUR),fuzz)
CC := clang-14
WARN := $(filter-out -Wduplicated-cond -Wlogical-op -Wno-clobbered -Wcast-align,$(WARN)) # gcc's own meaning of them
endif
CFLAGS += -std=c11 -pthread -ffile-prefix-map=$(CURDIR)=. $(WARN) $(CFLAGS_$(FLAVOUR))
LDFLAGS += -pthread $(LDFLAGS_$(FLAVOUR))
LIBS := $(shell pkg-config --libs $(PKGS)) -lstemmer -lm

floor_objs = $(patsubst %.c,$(B)/obj/%.o,$(wildcard daemon/$(1)/*.c))
floor_lib = $(if $(wildcard daemon/$(1)/*.c),$(B)/lib/$(1).a)
LIBS_ALL := $(foreach f,$(FLOORS),$(call floor_lib,$(f)))
# the libraries a floor's tests link: its own and everything below, top first
below = $(call reverse,$(call upto,$(1),$(FLOORS)))
upto = $(firstword $(2)) $(if $(filter $(1),$(firstword $(2))),,$(if $(wordlist 2,99,$(2)),$(call upto,$(1),$(wordlist 2,99,$(2)))))
reverse = $(if $(1),$(call reverse,$(wordlist 2,99,$(1))) $(firstword $(1)))

.PHONY: all install uninstall deb reproducible .FORCE test unit prop fuzz sim sim-sync sim-merge network corpus kill demo check layer-check hdr-check po bench clean tests-built
all: $(B)/maillage $(B)/maillaged $(B)/locale/en/LC_MESSAGES/maillage.mo

define floor_rules
$(B)/lib/$(1).a: $$(call floor_objs,$(1))
	@mkdir -p $$(@D) && rm -f $$@ && ar rcs $$@ $$^
endef
$(foreach f,$(FLOORS),$(if $(wildcard daemon/$(f)/*.c),$(eval $(call floor_rules,$(f)))))

$(B)/obj/%.o: %.c
	@mkdir -p $(@D)
	@$(if $(V),,echo "CC $<";) $(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

# only this file knows where things are installed: another PREFIX makes it anew
$(B)/obj/daemon/base/places.o: CPPFLAGS += -DPREFIX='"$(PREFIX)"'
$(B)/obj/daemon/base/places.o: $(B)/obj/prefix
$(B)/obj/prefix: .FORCE
	@mkdir -p $(@D) && echo '$(PREFIX)' | cmp -s - $@ || echo '$(PREFIX)' >$@

PROGRAM_LIBS := $(call reverse,$(LIBS_ALL))
$(B)/maillage: $(B)/obj/daemon/maillage.o $(PROGRAM_LIBS)
	@$(if $(V),,echo "LD $@";) $(CC) $(LDFLAGS) -o $@ $^ $(LIBS)
$(B)/maillaged: $(B)/obj/daemon/maillaged.o $(PROGRAM_LIBS)
	@$(if $(V),,echo "LD $@";) $(CC) $(LDFLAGS) -o $@ $^ $(LIBS)
$(B)/locale/en/LC_MESSAGES/maillage.mo: daemon/po/en.po
	@mkdir -p $(@D)
	msgfmt --check -o $@ $<

# --- tests: tests/unit/FLOOR/test_X.c links FLOOR and what lies below it, and the helpers in tests/lib ---------------
UNIT_SRC := $(wildcard $(if $(T),tests/unit/$(T)/test_*.c,tests/unit/*/test_*.c))
UNIT := $(patsubst tests/unit/%.c,$(B)/unit/%,$(UNIT_SRC))
TESTLIB := $(patsubst %.c,$(B)/obj/%.o,$(wildcard tests/lib/*.c))
define unit_rules
$(B)/unit/$(1)/%: $(B)/obj/tests/unit/$(1)/%.o $$(TESTLIB) $$(foreach f,$$(call below,$(1)),$$(call floor_lib,$$(f)))
	@mkdir -p $$(@D)
	@$$(if $$(V),,echo "LD $$@";) $$(CC) $$(LDFLAGS) -o $$@ $$^ -lcmocka $$(LIBS)
endef
$(foreach f,$(FLOORS),$(eval $(call unit_rules,$(f))))

# --- benchmarks: tests/bench/FLOOR/bench_X.c links as a unit test does, with tests/bench/*.c instead of cmocka; no part of `make test`
BENCH := $(patsubst tests/bench/%.c,$(B)/bench/%,$(wildcard tests/bench/*/bench_*.c))
BENCHLIB := $(patsubst %.c,$(B)/obj/%.o,$(wildcard tests/bench/*.c))
define bench_rules
$(B)/bench/$(1)/%: $(B)/obj/tests/bench/$(1)/%.o $$(BENCHLIB) $$(foreach f,$$(call below,$(1)),$$(call floor_lib,$$(f)))
	@mkdir -p $$(@D)
	@$$(if $$(V),,echo "LD $$@";) $$(CC) $$(LDFLAGS) -o $$@ $$^ $$(LIBS)
endef
$(foreach f,$(FLOORS),$(eval $(call bench_rules,$(f))))

# --- fuzz targets: tests/fuzz/fuzz_X.c links its floor and below; with libFuzzer by `make fuzz`, else with a replay of the seeds ---
FUZZ_FLOOR_yaml := yaml
FUZZ_FLOOR_rewrite := yaml
FUZZ_FLOOR_schema := schema
FUZZ_FLOOR_record := schema
FUZZ_FLOOR_diffs := merge
FUZZ_FLOOR_json := ctl
FUZZ := $(patsubst tests/%.c,$(B)/%,$(wildcard tests/fuzz/fuzz_*.c))
define fuzz_rules
$(B)/fuzz/fuzz_$(1): $(B)/obj/tests/fuzz/fuzz_$(1).o $(if $(filter fuzz,$(FLAVOUR)),,$(B)/obj/tests/fuzz/replay.o) \
		$(foreach f,$(call below,$(FUZZ_FLOOR_$(1))),$(call floor_lib,$(f)))
	@mkdir -p $$(@D)
	@$$(if $$(V),,echo "LD $$@";) $$(CC) $$(LDFLAGS) -o $$@ $$^ $$(LIBS)
endef
$(foreach t,$(patsubst $(B)/fuzz/fuzz_%,%,$(FUZZ)),$(eval $(call fuzz_rules,$(t))))
.SECONDARY:

# --- histories of several sites (tests/sim/histories.test, make sim-merge) ----------------------------------------------------------
SIM := $(B)/sim/replicas
$(SIM): $(patsubst %.c,$(B)/obj/%.o,$(wildcard tests/sim/*.c)) $(foreach f,$(call below,ctl),$(call floor_lib,$(f)))
	@mkdir -p $(@D)
	@$(if $(V),,echo "LD $@";) $(CC) $(LDFLAGS) -o $@ $^ $(LIBS)
tests-built: $(SIM)
sim: sim-sync sim-merge
sim-merge: $(SIM)
	tests/sim/campaign.py --build $(B) $(or $(N),20000) $(SEED)
# schedules of syncing (tests/unit/sync/test_sim.c), a part of them on each core
sim-sync: $(B)/unit/sync/test_sim
	@n=$(or $(N),1000000); cores=$$(nproc); each=$$(((n + cores - 1) / cores)); \
	seq $(or $(SEED),1) $$each $$(($(or $(SEED),1) + n - 1)) | xargs -P $$cores -I{} env -u SEED FIRST={} RUNS=$$each $<

# --- the merge over a pipe, for the property campaign (tests/prop/laws.test) --------------------------------------------------
$(B)/prop/merge_stdio: $(B)/obj/tests/prop/laws/merge_stdio.o $(foreach f,$(call below,merge),$(call floor_lib,$(f)))
	@mkdir -p $(@D)
	@$(if $(V),,echo "LD $@";) $(CC) $(LDFLAGS) -o $@ $^ $(LIBS)

tests-built: all $(UNIT) $(FUZZ) $(B)/prop/merge_stdio
test: tests-built check
	tests/run --build $(B)
unit: $(UNIT)
	tests/run --build $(B) --only unit/$(T)

prop: $(B)/prop/merge_stdio
	@BUILD="$(abspath $(B))" ROOT="$(CURDIR)" JOBS=$$(nproc) FOUND="$(abspath $(B))/prop/found" N=$(or $(N),100000) \
		SEED=$(or $(SEED),$$(date +%s)) tests/prop/laws.test

# the large sample of tests/fault/network.test, half an hour (POINTS=100000: all of it, hours), and twenty coordinators for a minute: ONLY=storm
network: all
	CASES=all tests/run --build $(B) --only fault/network --deadline 100000 --memory -v

bench: all $(BENCH)
	tests/bench/run --build $(B) $(if $(ROW),--row $(ROW)) $(if $(CALLGRIND),--callgrind)

fuzz:
	@test -f tests/fuzz/fuzz_$(F).c || { echo "make fuzz F=$(patsubst fuzz_%.c,%,$(notdir $(wildcard tests/fuzz/fuzz_*.c))) [T=seconds]"; exit 64; }
	$(MAKE) FLAVOUR=fuzz build/fuzz/fuzz/fuzz_$(F)
	tests/fuzz/run $(F) $(or $(T),60)

# the figures of DIR/merges (tests/prop/corpus_merges.test says how a case looks)
corpus: all
	@test -d "$(MAILLAGE_CORPORA)/merges" || { echo "make corpus MAILLAGE_CORPORA=DIR, where DIR/merges/NAME/real-0000/ ... are"; exit 64; }
	@CASES=all MAILLAGE_CORPORA="$(MAILLAGE_CORPORA)" BUILD="$(abspath $(B))" ROOT="$(CURDIR)" tests/prop/corpus_merges.test

# every death and every failure of a call, one by one (tests/fault/kill.test, faults.test): about an hour
kill: all
	CASES=all tests/run --build $(B) --only fault/kill --deadline 14400 --memory -v
	CASES=all tests/run --build $(B) --only fault/faults --deadline 14400 --memory -v

# --- installing -------------------------------------------------------------------------------------------------------------------
# contrib/man/man1/maillage.1.scd is English, contrib/man/fr/man1/maillage.1.scd French
MAN := $(patsubst contrib/man/%.scd,%,$(wildcard contrib/man/man?/*.scd contrib/man/fr/man?/*.scd))
$(B)/man/%: contrib/man/%.scd
	@mkdir -p $(@D)
	@scdoc <$< >$@
# SOURCE:TARGET:MODE, what is installed below PREFIX; `install` and `uninstall` go by this one list
INSTALLED = $(B)/maillage:bin/maillage:755 $(B)/maillaged:bin/maillaged:755 \
	$(B)/locale/en/LC_MESSAGES/maillage.mo:share/locale/en/LC_MESSAGES/maillage.mo:644 \
	$(foreach f,$(sort $(wildcard schema/*.yaml)),$(f):share/maillage/$(f):644) hooks/pre-receive:share/maillage/hooks/pre-receive:755 \
	$(B)/units/maillaged.service:lib/systemd/user/maillaged.service:644 \
	$(B)/units/maillaged@.service:lib/systemd/system/maillaged@.service:644 \
	contrib/completions/maillage.bash:share/bash-completion/completions/maillage:644 \
	contrib/completions/_maillage:share/zsh/site-functions/_maillage:644 \
	contrib/completions/maillage.fish:share/fish/vendor_completions.d/maillage.fish:644 \
	$(foreach f,$(MAN),$(B)/man/$(f):share/man/$(f):644) \
	$(foreach f,README.md contrib/config.yaml contrib/json.md contrib/hub/README.md contrib/systemd/README.md contrib/merge-rules.md \
	  $(sort $(wildcard contrib/guide/*.md)),$(f):share/doc/maillage/$(f:contrib/%=%):644)
$(B)/units/%: contrib/systemd/% .FORCE
	@mkdir -p $(@D)
	@sed 's|/usr/bin/|$(PREFIX)/bin/|' $< >$@
install: all $(B)/units/maillaged.service $(B)/units/maillaged@.service $(MAN:%=$(B)/man/%)
	@set -e; for f in $(INSTALLED); do \
	  from=$${f%%:*} to=$${f#*:} mode=$${f##*:} to="$(DESTDIR)$(PREFIX)/$${to%:*}"; \
	  install -d -m 755 "$$(dirname "$$to")"; install -m $$mode "$$from" "$$to"; done
	@echo "installed in $(DESTDIR)$(PREFIX)"
uninstall:
	@set -e; for f in $(INSTALLED); do to=$${f#*:} to="$(DESTDIR)$(PREFIX)/$${to%:*}"; rm -f "$$to"; done; \
	  cd "$(DESTDIR)$(PREFIX)" && { find share/maillage share/doc/maillage -depth -type d -exec rmdir {} + 2>/dev/null || :; }
# a source package of what is committed, and its binary packages
deb:
	contrib/deb $(B)/deb
reproducible:
	contrib/deb --twice $(B)/deb

demo: all
	contrib/demo --build $(B)

check: layer-check hdr-check
layer-check:
	@contrib/layer-check $(FLOORS)
hdr-check:
	@set -e; for h in daemon/*/*.h; do \
	  $(CC) $(CPPFLAGS) -std=c11 $(WARN) -fsyntax-only -x c -include $$h /dev/null || { echo "hdr-check: $$h does not compile alone"; exit 1; }; done

# the English catalogue: new strings come in untranslated, and tests/golden/po.test fails until they are translated
po:
	@mkdir -p $(B)/po
	xgettext --from-code=UTF-8 -k_ -kN_ -kngettext:1,2 --no-location --sort-output --package-name=maillage \
		-o $(B)/po/maillage.pot $$(ls daemon/*.c daemon/*/*.c daemon/*/*.h)
	msgmerge -q --no-fuzzy-matching --sort-output --update --backup=none daemon/po/en.po $(B)/po/maillage.pot

clean:
	rm -rf build

-include $(shell find $(B)/obj -name '*.d' 2>/dev/null)
