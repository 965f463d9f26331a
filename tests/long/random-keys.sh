#!/bin/sh
# Many random keys and sizes on the walk, the map and in lessons, under the sanitizers, in
# pieces of their own seeds. Usage: tests/long/random-keys.sh BUILD (of `make
# SANITIZE=address,undefined tests`); RANDOM_KEYS and RANDOM_SEED say how many, and from
# which seed on.
keys=${RANDOM_KEYS:-100000} piece=10000 seed=${RANDOM_SEED:-1}
log=$(mktemp)
trap 'rm -f "$log"' EXIT
[ "$keys" -gt "$piece" ] || piece=$keys
for last in $(seq "$piece" "$piece" "$keys"); do
    name="random keys up to $last, seed $seed"
    if RANDOM_KEYS=$piece RANDOM_SEED=$seed "$1/tests/test_screens-random" >"$log" 2>&1; then
        echo "ok $name"
    else
        echo "not ok $name"
        grep -a '^key (on' "$log" | tail -n 1
        grep -a '^key ' "$log" | tail -n 20
        grep -av '^key ' "$log" | head -n 40
    fi
    seed=$((seed + 1))
done
