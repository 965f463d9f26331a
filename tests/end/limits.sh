#!/bin/bash
# Little memory and little room for files: the program works, or says one line and leaves no
# half file behind; it never waits, and is never killed.
# Usage: tests/end/limits.sh PROGRAM
set -u
program=$(realpath "$1")
[ -x "$program" ] || { echo "not ok limits: there is no $1"; exit 1; }
export STEPFORMER_DATA=${STEPFORMER_DATA:-$PWD/assets} STEPFORMER_NO_CACHE=1
export LC_ALL=C
unset LANG LC_MESSAGES OPENBLAS_NUM_THREADS
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
. tests/end/command-lib
cd "$folder" || exit 1
export XDG_STATE_HOME=$folder/state
limits=()

run() {
    (ulimit "${limits[@]}" && exec timeout 60 "$program" "$@" </dev/null >out 2>err)
    status=$?
}

# Status 0 and not a word, or status 1 and one line that begins like the wish.
bears() { # name, wish, arguments…
    local name=$1 wish=$2
    shift 2
    run "$@"
    if [ $status = 0 ] && [ ! -s err ]; then ok "$name: works"
    elif [ $status != 1 ]; then bad "$name" "status $status: $(cat err)"
    elif [ "$(wc -l <err)" != 1 ]; then bad "$name" "$(cat err)"
    elif ! grep -q "^stepformer: .*$wish" err; then bad "$name" "$(cat err)"
    else ok "$name: says so"; fi
}

# ---- memory ----

# The sanitizers map more than any limit.
if ! grep -aq __asan_init "$program"; then
    for size in 100000 150000 200000 250000; do
        limits=(-v $size)
        bears "$size: help" 'out of memory' --help
        bears "$size: predict" 'out of memory' predict '나는'
        bears "$size: walk" 'out of memory' walk --plain '나는'
        bears "$size: figure" 'out of memory' figure '나는' -o memory.png --force
    done
    limits=(-v 200000)
    run predict '나는 학교에 간다'
    if [ $status = 0 ] && [ "$(cat out)" = 'I go to school' ]; then
        ok 'memory: 200 MB are enough for a sentence'
    else
        bad 'memory: 200 MB are enough for a sentence' "status $status: $(cat out err)"
    fi
    limits=(-v 400000)
    run explain '나는 학교에 간다' logits 1,1 --depth 100
    if [ $status = 0 ] && grep -q 'of 100 levels are shown' out; then
        ok 'explain: a hundred levels, as far as somebody reads'
    else
        bad 'explain: a hundred levels' "status $status: $(tail -n 1 out) $(cat err)"
    fi
fi

# ---- a text that is too long ----

ids=$(seq 5 10 | tr '\n' ',')
for i in 1 2 3 4 5 6 7 8 9 10 11 12; do ids=$ids$ids; done # 24,576 of them
ids=${ids%,}
limits=(-v 4000000)
grep -aq __asan_init "$program" ||
    fails 'a text with maps beyond the memory' 1 'the text is too long' predict \
        --ids "$ids" --model random:d_model=8,nhead=2,max_positions=90000,seed=1

# ---- files ----

limits=(-f 1)
for name in figure.png figure.svg figure.pdf; do
    fails "files: $name" 1 "$name: cannot be written: File too large" \
        figure '나는' -o $name
done
fails 'files: trace' 1 'cannot be written: File too large' trace '나는' --out trace
fails 'files: dump' 1 'dump.txt: cannot be written: File too large' \
    walk '나는' --dump dump.txt --keys q
run stages '나는' --json
if [ $status = 1 ] && [ "$(wc -l <err)" = 1 ] && grep -q 'standard output: cannot' err; then
    ok 'files: standard output'
else
    bad 'files: standard output' "status $status: $(cat err)"
fi
rm -f out err
left=$(find . -type f \( -name 'figure*' -o -name 'dump*' -o -name '*.npy.*' -o -size +2 \))
if [ -z "$left" ]; then ok 'files: nothing half is left'
else bad 'files: nothing half is left' "$left"; fi
