# Stepformer. `make help` lists the targets.

# The modules in one total order, bottom up: a file includes only its own header and
# headers of modules that stand earlier, and the unit test of a module links only the
# modules up to it. Read from top to bottom, this is the architecture.
MODULES = \
  base/bounds base/utf8 base/error base/memory base/order base/text base/say base/random base/clock base/hash base/build \
  base/file base/gzip base/folders base/data base/json \
  numbers/place numbers/tensor numbers/call numbers/wide numbers/product numbers/matmul numbers/vector \
  numbers/opening numbers/op numbers/op_input numbers/op_pointwise numbers/op_linear numbers/op_heads \
  numbers/op_attention numbers/op_softmax numbers/op_loss numbers/op_place numbers/op_norm numbers/op_alike numbers/op_random numbers/op_recurrence numbers/op_fused_attention numbers/op_fused_norm numbers/op_fused_loss numbers/op_training numbers/fibre numbers/op_reduce numbers/op_reduce_gradient numbers/op_function numbers/op_choice numbers/op_join numbers/op_rms numbers/op_rotate numbers/ops \
  numbers/plan numbers/trace numbers/explain numbers/gradient numbers/npy \
  model/safetensors model/store model/pattern model/tokenizer_step model/rules model/bpe model/wrapping model/tokenizer_file model/tokenizer model/config model/family model/equation model/transformer model/rnn \
  model/families model/matching model/beside model/shipped model/model model/opened model/weight_names \
  paint/colormap paint/canvas paint/theme paint/box paint/draw paint/png paint/svg paint/picture \
  study/table study/unknown study/gloss study/lexicon study/labels study/step_name study/address study/whatif study/rewrite \
  study/decoder study/run study/decode study/exam study/exam_cache study/exams study/loss study/influence study/session study/notes study/effect study/exhibit study/head_pattern study/head_names \
  study/words study/render study/effect_text study/export \
  learn/recipe learn/pairs learn/supply learn/pass learn/fuse learn/penalty learn/adam learn/crew \
  learn/saved learn/pieces learn/journal learn/setup learn/folder learn/training \
  chart/sheet chart/frame chart/ticks chart/colorbar chart/heatmap_layout chart/heatmap chart/chart chart/page chart/tell chart/bar \
  chart/plot chart/bar_list chart/map chart/matrix_cells chart/matrix chart/bar_row chart/bars_page chart/bars \
  chart/strip chart/histogram chart/dots chart/series chart/label_room chart/lines_page chart/lines chart/plane_point chart/plane_page chart/plane chart/exam_page chart/exam_chart \
  chart/blocks chart/tiles chart/heads chart/overview chart/wires chart/links_cells chart/links chart/bridge chart/charts \
  lesson/markdown lesson/node lesson/slice lesson/scanner lesson/syntax lesson/scene lesson/fences lesson/staging lesson/asking lesson/run_fence lesson/lesson lesson/timing \
  lesson/value lesson/builder lesson/operators lesson/argument lesson/shaping lesson/merging lesson/texts lesson/outputs lesson/measured lesson/compile lesson/prose lesson/lesson_runs lesson/workbook \
  lesson/evaluate lesson/claims lesson/questions lesson/recalls lesson/shown_cells lesson/wanted lesson/scene_picture lesson/reading lesson/tally lesson/glossary lesson/shelf lesson/lint lesson/vocabulary lesson/progress \
  screen/action screen/keyboard screen/signals screen/term_type screen/truecolor screen/palette screen/terminal \
  screen/screenshot screen/seen screen/app screen/panel screen/guide screen/stage_map screen/gait screen/map_blocks screen/map_layout \
  screen/cursor \
  screen/cell_state screen/cell_view screen/cell_words screen/prose_view screen/winner screen/meet_view screen/walk_state screen/attention screen/attention_view screen/walk_top screen/walk_view screen/pair screen/compare_draw screen/lab_state screen/lab_draw screen/lab screen/help screen/jump \
  screen/heads_view screen/editor screen/words_state screen/words_draw screen/words_view screen/compare_view screen/map_view screen/map_about screen/walk screen/map_screen screen/lesson_steps screen/lesson_again screen/lesson_state screen/question_view screen/lesson_around screen/lesson_room \
  screen/lesson_view screen/lesson_map screen/lesson_way screen/lesson_screen screen/home screen/screens screen/plain screen/plain_lesson screen/program \
  cli/options cli/common cli/manual cli/runs cli/steps cli/run_predict cli/run_tokens cli/run_stages \
  cli/run_show cli/run_explain cli/run_trace cli/run_exam cli/run_model cli/run_vocab \
  cli/run_examples cli/run_train cli/run_effect cli/run_figure cli/run_lessons cli/run_lint cli/run_walk cli/command \
  main

PREFIX ?= /usr/local
CC = gcc
BUILD ?= build$(if $(SANITIZE),/sanitize)$(if $(filter-out gcc cc,$(CC)),/$(notdir $(CC)))
LIBRARIES = zlib libpng pangocairo jansson libpcre2-8 libutf8proc libcmark openblas

WARNINGS = -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
  -Wpointer-arith -Wwrite-strings -Wundef -Wvla -Wformat=2 -Wno-missing-field-initializers
CFLAGS ?= -O2 -g
STEP_CFLAGS = -std=c11 -D_XOPEN_SOURCE=700 -Isrc $(WARNINGS) $(CFLAGS) \
  $(if $(WERROR),-Werror) \
  $(if $(SANITIZE),-fsanitize=$(SANITIZE) -fno-sanitize-recover=all -fno-omit-frame-pointer)
LIBRARY_CFLAGS := $(shell pkg-config --cflags $(LIBRARIES) 2>/dev/null)
LIBS := $(shell pkg-config --libs $(LIBRARIES) ncursesw 2>/dev/null) -lm
STEP_LDFLAGS = -Wl,--as-needed -Wl,--build-id $(LDFLAGS) $(if $(SANITIZE),-fsanitize=$(SANITIZE))

# Where an installed program finds its data; a changed PREFIX needs a new build.
$(BUILD)/src/base/data.o: CFLAGS += -DINSTALLED_DATA='"$(PREFIX)/share/stepformer"'

# numbers/ does arithmetic on whole rows; the loops are written for the vectoriser.
# IEEE semantics stay on everywhere: masks are -inf; and every processor rounds alike, so
# no product is fused with a sum. Sanitizers come to life too late for the choice between
# the versions of a kernel.
$(BUILD)/src/numbers/%.o $(BUILD)/src/learn/%.o: CFLAGS += -O3 -fno-math-errno -fno-trapping-math \
  -ffp-contract=off $(if $(SANITIZE),-DONE_VERSION)
# But in products of matrices, as BLAS does, and where training spends its time.
$(BUILD)/src/numbers/product.o $(BUILD)/src/numbers/op_fused_attention.o: \
  CFLAGS += -ffp-contract=fast

present = $(foreach m,$(MODULES),$(if $(wildcard src/$(m).c),$(m)))
objects = $(patsubst %,$(BUILD)/src/%.o,$(present))
# The modules up to and with the one named $(1), from the list $(2).
upto = $(if $(2),$(firstword $(2)) $(if $(filter $(1),$(notdir $(firstword $(2)))),,$(call upto,$(1),$(wordlist 2,999,$(2)))))
# tests/test_MODULE.c, or test_MODULE-TOPIC.c where a module has several.
TESTS = $(patsubst tests/test_%.c,%,$(wildcard tests/test_*.c))
# These press keys that lead to other screens, so they link the table of all of them.
test_module_walk = screens
test_module_lesson_screen = screens
test_module_home = screens
test_module_map_screen = screens
test_programs = $(patsubst %,$(BUILD)/tests/test_%,$(TESTS))

.PHONY: all run check check-long bench install uninstall deps test-deps help clean tests \
  fuzz frames model siblings golden docs print-modules

all: $(BUILD)/stepformer

$(BUILD)/stepformer: $(objects)
	$(CC) $(STEP_CFLAGS) $(STEP_LDFLAGS) -o $@ $^ $(LIBS)

$(BUILD)/src/%.o: src/%.c Makefile
	@mkdir -p $(@D)
	$(CC) $(STEP_CFLAGS) $(LIBRARY_CFLAGS) -MMD -MP -c -o $@ $<

test_module = $(or $(test_module_$(1)),$(1))

define test_rule
$(BUILD)/tests/test_$(1): tests/test_$(1).c $(wildcard tests/support.c) \
  $(patsubst %,$(BUILD)/src/%.o,$(call upto,$(call test_module,$(firstword $(subst -, ,$(1)))),$(present))) Makefile
	@mkdir -p $$(@D)
	$(CC) $(STEP_CFLAGS) $(LIBRARY_CFLAGS) -Itests -MMD -MP -MF $$@.d $(STEP_LDFLAGS) \
	  -o $$@ $$(filter %.c %.o,$$^) -lcmocka $(LIBS)
endef
$(foreach t,$(TESTS),$(eval $(call test_rule,$(t))))

# tests/fuzz/fuzz_NAME.c, which links the modules up to NAME. replay_NAME runs it over files
# with any compiler; fuzz_NAME looks for new inputs with clang's libFuzzer:
#     make BUILD=build/fuzz CC=clang SANITIZE=address,undefined,fuzzer-no-link fuzz
FUZZ = $(patsubst tests/fuzz/fuzz_%.c,%,$(wildcard tests/fuzz/fuzz_*.c))
fuzz_module_script = action
fuzz_module_config = families
replay_programs = $(patsubst %,$(BUILD)/fuzz/replay_%,$(FUZZ))
fuzz_programs = $(patsubst %,$(BUILD)/fuzz/fuzz_%,$(FUZZ))

define fuzz_rule
$(BUILD)/fuzz/replay_$(1): tests/fuzz/replay.c
$(BUILD)/fuzz/fuzz_$(1): STEP_LDFLAGS += -fsanitize=fuzzer
$(BUILD)/fuzz/replay_$(1) $(BUILD)/fuzz/fuzz_$(1): tests/fuzz/fuzz_$(1).c \
  $(patsubst %,$(BUILD)/src/%.o,$(call upto,$(or $(fuzz_module_$(1)),$(1)),$(present))) Makefile
	@mkdir -p $$(@D)
	$(CC) $(STEP_CFLAGS) $(LIBRARY_CFLAGS) -Itests/fuzz -MMD -MP -MF $$@.d \
	  $$(STEP_LDFLAGS) -o $$@ $$(filter %.c %.o,$$^) $(LIBS)
endef
$(foreach f,$(FUZZ),$(eval $(call fuzz_rule,$(f))))

-include $(objects:.o=.d) $(addsuffix .d,$(test_programs) $(replay_programs) $(fuzz_programs))

# The benchmark links everything but main.
$(BUILD)/bench: $(wildcard tests/bench/*.c tests/bench/*.h) \
  $(filter-out %/main.o,$(objects)) Makefile
	$(CC) $(STEP_CFLAGS) $(LIBRARY_CFLAGS) -Itests/bench $(STEP_LDFLAGS) -o $@ \
	  $(filter %.c %.o,$^) $(LIBS)

# ---- the two commands, and the rest ----

run: deps
	@$(MAKE) --no-print-directory all
	@if [ -t 0 ] && [ -t 1 ]; then exec $(BUILD)/stepformer; \
	else exec $(BUILD)/stepformer walk --plain; fi

# All tests: the rules of the house, every unit test as it is and under the sanitizers, the
# commands, and the program in a real terminal. gcc and clang must be silent.
check: test-deps
	@CHECK_CC=$(CC) tests/check/all

# What takes longer: random keys and sizes, kept faults that a test must find, and ten
# minutes of fuzzing for each reader.
check-long: test-deps
	@CHECK_CC=$(CC) tests/check/all long

bench: deps
	@$(MAKE) --no-print-directory all $(BUILD)/bench
	@tests/bench/run $(BUILD)/stepformer

deps:
	@tools/install-dependencies build

test-deps:
	@tools/install-dependencies build test

# Only builds the test programs.
tests: $(test_programs) $(replay_programs)

fuzz: $(fuzz_programs)

install: all
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/share/stepformer \
	  $(DESTDIR)$(PREFIX)/share/man/man1 $(DESTDIR)$(PREFIX)/share/man/ko/man1
	install -m 755 $(BUILD)/stepformer $(DESTDIR)$(PREFIX)/bin/stepformer
	$(BUILD)/stepformer help man --lang en > $(BUILD)/stepformer.1
	$(BUILD)/stepformer help man --lang ko > $(BUILD)/stepformer.ko.1
	install -m 644 $(BUILD)/stepformer.1 $(DESTDIR)$(PREFIX)/share/man/man1/stepformer.1
	install -m 644 $(BUILD)/stepformer.ko.1 \
	  $(DESTDIR)$(PREFIX)/share/man/ko/man1/stepformer.1
	install -d $(DESTDIR)$(PREFIX)/share/bash-completion/completions
	$(BUILD)/stepformer help completion > $(BUILD)/completion
	install -m 644 $(BUILD)/completion \
	  $(DESTDIR)$(PREFIX)/share/bash-completion/completions/stepformer
	cd assets && find models -type f ! -path '*/train/*' \
	  -exec install -D -m 644 {} $(abspath $(DESTDIR)$(PREFIX))/share/stepformer/{} \;
	find lessons -name '*.md' \
	  -exec install -D -m 644 {} $(abspath $(DESTDIR)$(PREFIX))/share/stepformer/{} \;

uninstall:
	rm -f $(DESTDIR)$(PREFIX)/bin/stepformer \
	  $(DESTDIR)$(PREFIX)/share/man/man1/stepformer.1 \
	  $(DESTDIR)$(PREFIX)/share/man/ko/man1/stepformer.1 \
	  $(DESTDIR)$(PREFIX)/share/bash-completion/completions/stepformer
	rm -rf $(DESTDIR)$(PREFIX)/share/stepformer

# Makes the embedded model again: its corpus by Python, then the program trains (about twenty
# minutes, 300 MB of checkpoints). `make golden` is for what tests know of it.
recipe = assets/models/ko-en/train/run.py
model: all
	python3 $(recipe) --data $(BUILD)/corpus
	$(BUILD)/stepformer train --pairs $(BUILD)/corpus/pairs.tsv \
	  --exam $(BUILD)/corpus/exam.tsv --tokenizers $(BUILD)/corpus --out $(BUILD)/trained \
	  --steps 45000 --entropy 0.002 --apart 4 --seed 7 --round 2 --save-every 100
	python3 $(recipe) --install $(BUILD)/corpus $(BUILD)/trained

# Trains the siblings of the embedded model (ko-en-h1 and so on) from a folder that
# `run.py --data` made: make siblings DIR=… [ONLY="h1 rnn"]. Some minutes each.
siblings: all
	assets/models/ko-en/train/siblings.sh $(BUILD)/stepformer \
	  $(or $(DIR),$(BUILD)/corpus) $(BUILD)/siblings $(ONLY)

golden:
	python3 tests/reference/golden.py

# Writes the golden frames anew, with the tests that have some.
frame_tests = $(patsubst %.c,$(BUILD)/%,$(shell grep -l '"frames.h"' tests/test_*.c))
frames:
	@$(MAKE) --no-print-directory $(frame_tests)
	@tests/check/renew-frames $(frame_tests)

docs: all
	tools/update-docs $(BUILD)/stepformer

clean:
	rm -rf build

help:
	@echo 'make run        install what is missing, build, and start the walkthrough'
	@echo 'make check      the same for the tests, and run them all'
	@echo 'make            build only; needs the libraries, never touches apt'
	@echo 'make check-long longer tests: random keys, kept faults, fuzzing'
	@echo 'make bench      speed, as ratios measured in one run'
	@echo 'make install    install into PREFIX (/usr/local), below DESTDIR'
	@echo 'make uninstall  remove it again'
	@echo 'make deps       install the libraries (test-deps: those of the tests too)'
	@echo 'make docs       make the generated blocks of the README again'
	@echo 'make frames     write the golden frames of the screens anew; git shows the change'
	@echo 'make golden     make the reference numbers again with PyTorch'
	@echo 'make model      make the corpus of the embedded model and train it again'
	@echo 'make siblings   train the models beside it: other heads, without a part, recurrent'
	@echo 'make clean      remove what was built'
	@echo
	@echo 'CC=clang, SANITIZE=address,undefined, WERROR=1, CFLAGS=… and BUILD=DIR are obeyed.'

print-modules:
	@echo $(MODULES)
