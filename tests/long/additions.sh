#!/bin/bash
# What the table "a new … goes into" of the README says, done: in a copy of the sources an
# op, a model family, a chart, a screen and a what-if are added, each in one file and one row
# (the what-if in a row and a function) besides its module in the Makefile. Then the copy is
# built, and each of them is used.
# Usage: tests/long/additions.sh PROGRAM
set -u
[ -d src ] || { echo "not ok additions: not in the root of the repository"; exit 1; }
export STEPFORMER_DATA=${STEPFORMER_DATA:-$PWD/assets}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cp -r src Makefile "$folder"
cp -r src "$folder/before"
cp tests/toy_family.h "$folder"
cd "$folder" || exit 1
. "$OLDPWD/tests/end/command-lib"
export XDG_CACHE_HOME=$folder/cache XDG_STATE_HOME=$folder/state
text='나는 학교에 간다'

# Adds a line to a table, behind the first line that begins with the pattern.
row() { # file, pattern, line
    awk -v pattern="$2" -v line="$3" '
        { print }
        !done && index($0, pattern) == 1 { print line; done = 1 }
        END { exit !done }' "$1" >made && mv made "$1" || bad "a row of $1" "no $2"
}

module() { # the module before it, the new one
    sed -i "0,/$(sed 's#/#\\/#' <<<"$1")\b/s##$1 $2#" Makefile
    grep -q " $2\b" Makefile || bad "a module" "no $1 in MODULES"
}

# The files that were touched since the last time, which should be those that are named.
touched() { # name, files…
    local name=$1 found
    shift
    found=$(diff -rq before src | sed 's/^Only in src\(.*\): /Files src\1\//;
        s/^Files \(before\|src\)\///; s/ and .*//' | sort | tr '\n' ' ')
    if [ "$found" = "$(printf '%s\n' "$@" | sort | tr '\n' ' ')" ]; then
        ok "$name: $# files"
    else
        bad "$name" "it took the files $found"
    fi
    rm -rf before
    cp -r src before
}

# ---- an op: its block, its row ----

cat >src/numbers/op_opposite.c <<'END'
#include "numbers/op.h"

static void forward_opposite(const struct op_call *c)
{
    for (long i = 0; i < tensor_count(c->out); i++)
        c->out->f32[i] = -call_floats(c, 0)[i];
}

static void naive_opposite(const struct op_call *c)
{
    for (long i = 0; i < tensor_count(c->out); i++)
        c->out->f64[i] = -call_get(c, 0, i);
}

static void steps_opposite(struct opening *o)
{
    struct step *s = opening_single(o, STEP_SUM, "opposite", "a·c");
    struct term *t = s->terms;
    term_set(t, -t->value, 2, t->operand[0], opening_constant(-1));
    s->result = t->value;
}

const struct op op_opposite = {
    .name = "opposite",
    .kind = OP_KIND_ELEMENTWISE,
    .least_inputs = 1,
    .most_inputs = 1,
    .formula = "-$1",
    .shape = shape_same,
    .forward = forward_opposite,
    .naive = naive_opposite,
    .sources = sources_each,
    .steps = steps_opposite,
    .constant = "this is a test",
    .form = {.arguments = "m"},
};
END
row src/numbers/op.def 'OP(MIN, min)' 'OP(OPPOSITE, opposite)'
module numbers/op_reduce numbers/op_opposite
touched op numbers/op.def numbers/op_opposite.c

# ---- a family ----

cp toy_family.h src/model/toy.c
row src/model/family.def 'FAMILY(transformer)' 'FAMILY(toy)'
module model/transformer model/toy
touched family model/family.def model/toy.c

# ---- a chart ----

cat >src/chart/count.c <<'END'
#include "chart/page.h"

static void draw(const struct chart *v, struct canvas *c, struct area a)
{
    canvas_textf(c, a, 0, 0, theme_style(c, LOOK_RESULT), "%ld cells",
                 v->sheet.rows * v->sheet.columns);
}

static void tell(const struct chart *v, long most, struct buffer *out)
{
    (void)most;
    buffer_addf(out, "%ld cells\n", v->sheet.rows * v->sheet.columns);
}

static struct drawing *page(const struct chart *v, const struct chart_page *p,
                            struct error *e)
{
    (void)v;
    return frame_new_page(100, 100, p->medium, frame_colors(p->theme), e);
}

const struct chart_kind count_chart = {
    .name = "count",
    .help = {"how many cells there are", "칸의 수"},
    .needs = CHART_NEEDS_MATRIX,
    .cells = draw,
    .page = page,
    .words = tell,
};
END
row src/chart/charts.def 'CHART(matrix)' 'CHART(count)'
module chart/matrix chart/count
touched chart chart/charts.def chart/count.c

# ---- a screen ----

cat >src/screen/hello.c <<'END'
#include "screen/app.h"

#include <stdlib.h>

static void *open_hello(struct app *app, const struct subject *on)
{
    (void)app, (void)on;
    return calloc(1, 1);
}

static void draw(const void *state, struct canvas *c, struct area a)
{
    (void)state;
    canvas_text(c, a, 0, 0, theme_style(c, LOOK_TITLE), "Here is a new screen.");
}

static void act(void *state, struct app *app, const struct event *event)
{
    (void)state;
    if (event->kind == EVENT_KEY)
        app_other_key(app, event->key);
}

const struct screen hello_screen = {
    .name = "hello",
    .covers = true,
    .open = open_hello,
    .draw = draw,
    .act = act,
    .free = free,
};
END
row src/screen/screens.def 'SCREEN(HOME' \
    'SCREEN(HELLO, hello, NEED_NOTHING, SAY_SCREEN_HOME, SAY_HOME_WALK_TEXT, ACTION_NONE)'
module screen/home screen/hello
touched screen screen/screens.def screen/hello.c

# ---- a what-if: a row and a function ----

row src/study/whatif.def 'WHATIF(LINEAR_FFN' \
    '       "no activation", "활성화 없음")
WHATIF(NO_CONTEXT, "no-context", NONE, ANYWHERE, no_context,'
awk '{ print } /^static bool change_no_norm/ { exit }' src/study/rewrite.c |
    sed '$d' >made
cat >>made <<'END'
static bool change_no_context(struct change *c, struct stage *s)
{
    if (s->role != ROLE_CONCAT)
        return false;
    struct op_params size = {.size = {s->shape.size[0], s->shape.size[1]}};
    size.rows = plan_pack(c->plan, pack_of_side(s->axes[0].side));
    return become(s, OP_ZERO, (struct ref){0}, size);
}

END
awk '/^static bool change_no_norm/ { on = 1 } on' src/study/rewrite.c >>made
mv made src/study/rewrite.c
touched what-if study/whatif.def study/rewrite.c

# ---- the copy is built, and each is used ----

if ! CFLAGS=-O0 make -s -j"$(getconf _NPROCESSORS_ONLN)" BUILD=made.build all >log 2>&1; then
    bad "the copy is built" "$(grep -E 'error|undefined' log | head -n 5)"
    exit 1
fi
ok "the copy is built"

try() { # name, what it prints, arguments…
    local name=$1 part=$2
    shift 2
    LC_ALL=C.UTF-8 timeout 60 made.build/stepformer "$@" --lang en >out 2>err
    status=$?
    if [ $status = 0 ] && grep -qF -- "$part" out; then ok "$name"
    else bad "$name" "no \"$part\" in $(cat out err)"; fi
}

mkdir -p lessons/20-try
for language in ko en; do
    printf -- '---\nid: 20-try\npart: 20\ntitle: T\nminutes: 1\ntext: %s\n---\n\n' "$text"
    printf '## S\n\n```compute\nm = [[1, 2], [3, -4]]\na = opposite(m)\n```\n\n'
    printf '```stage\nfocus: a[2,2]\nview: count\n```\n\n```assert\na[2,2] == 4\n```\n'
done | awk '/^id:/ { n++ } { print > ("lessons/20-try/" (n < 2 ? "ko" : "en") ".md") }'
sed -i '$d' lessons/20-try/ko.md # the front matter of the second begins with a rule
sed -i '1i ---' lessons/20-try/en.md
try 'op: a lesson computes with it' '2 claims' lint lessons/20-try/ko.md lessons/20-try/en.md
try 'op: it is opened' 'opposite' walk 20-try --lessons lessons --plain
mkdir toy
printf '{"model_type":"toy","n_embd":4,"n_head":2,"n_layer":2,"vocab_size":9,%s}' \
    '"max_positions":8,"bos_token_id":1,"eos_token_id":2,"pad_token_id":0' >toy/config.json
perl -e '
    my %size = ("wte.weight" => [9, 4], "wpe.weight" => [8, 4]);
    for (0, 1) {
        $size{"decoder.layers.$_.attn.weight"} = [12, 4];
        $size{"decoder.layers.$_.norm1.weight"} = [4];
    }
    my ($at, @parts) = (0);
    for (sort keys %size) {
        my $count = 1;
        $count *= $_ for @{$size{$_}};
        push @parts, sprintf "\"%s\":{\"dtype\":\"F32\",\"shape\":[%s],\"data_offsets\":[%d,%d]}",
            $_, join(",", @{$size{$_}}), $at, $at + 4 * $count;
        $at += 4 * $count;
    }
    my $head = "{" . join(",", @parts) . "}";
    print pack("Q<", length $head), $head, pack("f<*", map { sin $_ } 1 .. $at / 4);
' >toy/model.safetensors
try 'family: it answers' 'decoder.1.self_attn.weights' stages --ids 1,2,3 --model toy --check
try 'chart: a figure' 'x.svg' figure "$text" --kind count -o x.svg
equal 'chart: its words in the figure' "$(grep -c '35 cells' x.svg)" 1
try 'chart: a view of a lesson' '4 cells' walk 20-try --lessons lessons --plain
try 'chart: help lists it' 'how many cells' help charts
LC_ALL=C.UTF-8 made.build/stepformer --lang en --lessons lessons --keys 'Down Down Enter' \
    --dump x.txt
equal 'screen: home leads to it' "$(head -n 1 x.txt)" 'Here is a new screen.'
try 'what-if: it is off' 'off' stages "$text" --what-if no-context
try 'what-if: help lists it' 'no-context' help what-ifs
