#!/bin/bash
# Every model that ships: it opens, its numbers are proved, it translates, its exam runs and
# agrees with the log of its training; and the key "beside" as people may write it.
# Usage: tests/end/siblings.sh PROGRAM
set -u
program=$(realpath "$1")
[ -x "$program" ] || { echo "not ok siblings: there is no $1"; exit 1; }
export STEPFORMER_DATA=${STEPFORMER_DATA:-$PWD/assets}
export LC_ALL=C.UTF-8
unset LANG LC_MESSAGES
library=$PWD/tests/end/command-lib
models=$(realpath "$STEPFORMER_DATA/models")
most=12000000 # bytes of all models together
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir" || exit 1
export XDG_CACHE_HOME=$dir/cache XDG_STATE_HOME=$dir/state
text='나는 학교에 간다'

. "$library"

run() { # arguments…
    timeout 60 "$program" "$@" --lang en </dev/null >out 2>err
    status=$?
}

says() { # name, extended regular expression, arguments…: status 0 and a line like that
    local name=$1 part=$2
    shift 2
    run "$@"
    if [ $status != 0 ]; then bad "$name" "status $status: $(cat err)"
    elif ! grep -qE -- "$part" out; then bad "$name" "no \"$part\": $(cat out err)"
    else ok "$name"; fi
}

# ---- each model that ships ----

# Exact match of the last row of loss.tsv, which is of the first 500 sentences and of weights
# before they were rounded; so a model's own file may be off by a few sentences in a hundred.
logged() { # model
    awk -F'\t' 'NR > 1 && $4 != "" { last = $4 } END { print last }' "$models/$1/loss.tsv"
}

recomputed() { # model
    run exam --no-cache --first 500 --json --model "$1"
    grep -o '"exact_match": [0-9.e+-]*' out | head -n 1 | cut -d' ' -f2
}

check_model() { # name
    says "$1: opens" '^parameters +[1-9]' model --model "$1"
    says "$1: is proved" 'reference' stages --check --model "$1" "$text"
    says "$1: translates" '[^[:space:]]' predict --model "$1" "$text" --max-tokens 40
    equal "$1: has a log" "$(grep -c '^step .* exact ' "$models/$1/train.log" |
        sed 's/^[1-9][0-9]*$/some/')" some
    local was now
    was=$(logged "$1") now=$(recomputed "$1")
    if awk -v a="$was" -v b="$now" 'BEGIN {
            exit !(a ~ /^[01]\.[0-9]+$/ && b != "" && a - b <= 0.05 && b - a <= 0.05) }'; then
        ok "$1: the exam agrees with the log"
    else
        bad "$1: the exam agrees with the log" "logged $was, now $now: $(cat err)"
    fi
}

count=0
for config in "$models"/*/config.json; do
    check_model "$(basename "$(dirname "$config")")"
    count=$((count + 1))
done
equal 'there are models' "$([ $count -gt 0 ] && echo some)" some
size=$(find "$models" -type f ! -path '*/train/*' -printf '%s\n' | awk '{ n += $1 } END { print n }')
equal "all models together: $size bytes, at most $most" "$([ "$size" -le $most ] && echo fits)" fits
for folder in "$models"/*/; do
    name=$(basename "$folder")
    equal "$name: a folder of models holds config.json" "$([ -f "$folder/config.json" ] && echo yes)" yes
done

# ---- their names ----

run model --models
equal 'model --models: a name a line' "$(grep -v @ out | tr '\n' ' ')" \
    "$(cd "$models" && for f in */config.json; do dirname "$f"; done | sort | tr '\n' ' ')"
says 'model --models: checkpoints' '^ko-en@0$' model --models
for name in $("$program" model --models | grep @); do
    says "$name: opens" '^parameters +[1-9]' model --model "$name"
done
says 'model --models --json' '"checkpoints": \[$' model --models --json
fails 'an unknown model: the known ones' 1 'ko-en, ko-en@0' model --model nothing

# ---- a folder beside another ----

sibling() { # lines of config.json that come first
    rm -rf shelf
    mkdir -p shelf/models/twin
    ln -s "$models/ko-en" shelf/models/ko-en
    cp "$models/ko-en/model.safetensors" shelf/models/twin
    sed "0,/{/s//{ $1/" "$models/ko-en/config.json" >shelf/models/twin/config.json
}
sibling '"beside": "ko-en",'
wish=$("$program" predict "$text")
run predict --model shelf/models/twin "$text"
equal 'beside: its tokenizers' "$(cat out err)" "$wish"
says 'beside: model says it' 'taken from .*/ko-en$' model --model shelf/models/twin
says 'beside: the exam' 'exact match' exam --first 20 --model shelf/models/twin
says 'beside: the gloss' 'school' tokens --gloss --model shelf/models/twin "$text"
says 'beside: the examples' 'I ' examples --model shelf/models/twin
cd shelf/models/twin || exit 1
run predict --model . "$text"
equal 'beside: from within the folder' "$(cat out err)" "$wish"
cd "$dir" || exit 1
STEPFORMER_DATA=$dir/shelf run predict --model twin "$text"
equal 'beside: by name' "$(cat out err)" "$wish"
STEPFORMER_DATA=$dir/shelf run model --models
equal 'beside: among the names' "$(grep -v @ out | tr '\n' ' ')" 'ko-en twin '
# The cache of exams knows models by their weights, not by what they share.
perl -0777 -i -pe 'substr($_, -4000, 4000) = "\0" x 4000' shelf/models/twin/model.safetensors
STEPFORMER_DATA=$dir/shelf run exam --json --first 300 --model ko-en
cp out intact
STEPFORMER_DATA=$dir/shelf run exam --json --first 300 --model twin
equal 'beside: the cache tells models apart' "$(cmp -s out intact || echo differ)" differ
for value in '"../ko-en"' '"models/ko-en"' '"."' '""' '7' '"ko.en"'; do
    sibling "\"beside\": ${value//\//\\\/},"
    fails "beside: $value" 1 'write the plain name of a folder' model --model shelf/models/twin
done
sibling '"beside": "nowhere",'
fails 'beside: no such folder' 1 'put it there' model --model shelf/models/twin
sibling '"beside": "twin",'
fails 'beside: itself' 1 'this folder itself' model --model shelf/models/twin
# Two steps away: the middle one has no tokenizers of its own, and lends none.
sibling '"beside": "ko-en",'
mkdir shelf/models/far
cp shelf/models/twin/model.safetensors shelf/models/far
sed 's/"beside": "ko-en"/"beside": "twin"/' shelf/models/twin/config.json \
    >shelf/models/far/config.json
fails 'beside: no chains' 1 'tokenizer' predict --model shelf/models/far "$text"
