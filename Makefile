# Stepformer. `make help` lists the targets.

# The modules in one total order, bottom up: a file includes only its own header and
# headers of modules that stand earlier, and the unit test of a module links only the
# modules up to it. Read from top to bottom, this is the architecture.
MODULES = \
  base/error base/memory base/text base/say base/random base/file base/data base/json \
  numbers/tensor numbers/matmul numbers/kernels numbers/reference numbers/op \
  numbers/plan numbers/trace numbers/explain numbers/npy \
  model/safetensors model/pattern model/step model/rules model/bpe model/tokenizer_file model/tokenizer model/config model/transformer model/transformer_weights \
  model/family model/model \
  study/table study/gloss study/labels study/address study/decode study/session \
  study/words study/render study/export \
  paint/colormap paint/box paint/draw paint/png \
  figure/frame figure/colorbar figure/heatmap figure/figure \
  screen/canvas screen/theme screen/action screen/terminal screen/screenshot screen/app \
  cli/options cli/output cli/command cli/predict cli/tokens cli/stages cli/show \
  cli/explain cli/trace cli/model cli/vocab cli/examples cli/figure cli/walk cli/help \
  main

PREFIX ?= /usr/local
CC = gcc
BUILD ?= build$(if $(SANITIZE),/sanitize)$(if $(filter-out gcc cc,$(CC)),/$(notdir $(CC)))
LIBRARIES = libpng pangocairo jansson libpcre2-8 libutf8proc openblas
TEST_LIBRARIES = cmocka

WARNINGS = -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
  -Wpointer-arith -Wwrite-strings -Wundef -Wvla -Wformat=2 -Wno-missing-field-initializers
CFLAGS ?= -O2 -g
STEP_CFLAGS = -std=c11 -D_XOPEN_SOURCE=700 -Isrc $(WARNINGS) $(CFLAGS) \
  $(if $(WERROR),-Werror) \
  $(if $(SANITIZE),-fsanitize=$(SANITIZE) -fno-sanitize-recover=all -fno-omit-frame-pointer)
LIBRARY_CFLAGS := $(shell pkg-config --cflags $(LIBRARIES) 2>/dev/null)
LIBS := $(shell pkg-config --libs $(LIBRARIES) ncursesw 2>/dev/null) -lm
STEP_LDFLAGS = -Wl,--as-needed $(LDFLAGS) $(if $(SANITIZE),-fsanitize=$(SANITIZE))

# numbers/ does arithmetic on whole rows; the loops are written for the vectoriser.
# IEEE semantics stay on everywhere: masks are -inf.
$(BUILD)/src/numbers/%.o: CFLAGS += -O3 -fno-math-errno -fno-trapping-math

present = $(foreach m,$(MODULES),$(if $(wildcard src/$(m).c),$(m)))
objects = $(patsubst %,$(BUILD)/src/%.o,$(present))
# The modules up to and with the one named $(1), from the list $(2).
upto = $(if $(2),$(firstword $(2)) $(if $(filter $(1),$(notdir $(firstword $(2)))),,$(call upto,$(1),$(wordlist 2,999,$(2)))))
# tests/test_MODULE.c, or test_MODULE-TOPIC.c where a module has several.
TESTS = $(patsubst tests/test_%.c,%,$(wildcard tests/test_*.c))
test_programs = $(patsubst %,$(BUILD)/tests/test_%,$(TESTS))

.PHONY: all run check check-long bench install uninstall deps test-deps help clean tests \
  checks format model golden

all: $(BUILD)/stepformer

$(BUILD)/stepformer: $(objects)
	$(CC) $(STEP_CFLAGS) $(STEP_LDFLAGS) -o $@ $^ $(LIBS)

$(BUILD)/src/%.o: src/%.c Makefile
	@mkdir -p $(@D)
	$(CC) $(STEP_CFLAGS) $(LIBRARY_CFLAGS) -MMD -MP -c -o $@ $<

define test_rule
$(BUILD)/tests/test_$(1): tests/test_$(1).c $(wildcard tests/support.c) \
  $(patsubst %,$(BUILD)/src/%.o,$(call upto,$(firstword $(subst -, ,$(1))),$(present))) Makefile
	@mkdir -p $$(@D)
	$(CC) $(STEP_CFLAGS) $(LIBRARY_CFLAGS) -Itests -MMD -MP -MF $$@.d $(STEP_LDFLAGS) \
	  -o $$@ $$(filter %.c %.o,$$^) -lcmocka $(LIBS)
endef
$(foreach t,$(TESTS),$(eval $(call test_rule,$(t))))

-include $(objects:.o=.d) $(addsuffix .d,$(test_programs))
