#!/bin/sh
# Many random keys and sizes on the walk, under the sanitizers.
# Usage: tests/long/random-keys.sh BUILD (of `make SANITIZE=address,undefined tests`).
log=$(mktemp)
if RANDOM_KEYS=100000 "$1/tests/test_walk" >"$log" 2>&1; then
    echo "ok 100000 random keys"
else
    echo "not ok 100000 random keys"
    tail -n 30 "$log"
fi
rm -f "$log"
