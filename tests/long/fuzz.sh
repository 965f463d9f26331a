#!/bin/bash
# Looks for new inputs with libFuzzer: every target for ten minutes (or FUZZ_SECONDS), two
# at a time. What it finds is left in build/fuzz/found: a NAME-crash-… file belongs into
# tests/fuzz/corpus/NAME once its fault is mended.
# Usage: tests/long/fuzz.sh, from the root of the repository.
set -u
seconds=${FUZZ_SECONDS:-600}
build=build/fuzz
found=$build/found
export LSAN_OPTIONS=suppressions=$PWD/tests/check/leaks.supp:print_suppressions=0

if ! make --no-print-directory -s -j2 WERROR=1 BUILD=$build CC=clang \
    SANITIZE=address,undefined,fuzzer-no-link fuzz; then
    echo "not ok build: needs clang with libFuzzer (Debian: libclang-rt-dev; Fedora and" \
        "Arch: compiler-rt)"
    exit 1
fi

fuzz() { # name
    local new=$found/$1 log=$found/$1.log options=(-max_len=512)
    case $1 in
    safetensors | config | exam_cache) options=(-max_len=1024) ;;
    tokenizer | reading | lesson) options=(-max_len=3000) ;;
    esac
    [ -f "tests/fuzz/$1.dict" ] && options+=("-dict=tests/fuzz/$1.dict")
    mkdir -p "$new"
    if nice -n 5 "$build/fuzz/fuzz_$1" "$new" "tests/fuzz/corpus/$1" "${options[@]}" \
        -max_total_time="$seconds" -timeout=20 -rss_limit_mb=2000 -print_final_stats=1 \
        -artifact_prefix="$found/$1-" >"$log" 2>&1; then
        echo "ok $1: $(sed -n 's/^stat::number_of_executed_units: *//p' "$log") inputs" \
            "in $seconds seconds"
    else
        echo "not ok $1: $(grep -aE 'ERROR:|SUMMARY|broken:|runtime error' "$log" |
            head -n 1)"
        grep -a 'Test unit written' "$log"
    fi
}

mkdir -p "$found"
for source in tests/fuzz/fuzz_*.c; do
    name=$(basename "$source" .c)
    while [ "$(jobs -rp | wc -l)" -ge 2 ]; do wait -n; done
    fuzz "${name#fuzz_}" &
done
wait
