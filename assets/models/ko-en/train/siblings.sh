#!/bin/bash
# Trains the siblings of the embedded model and installs them beside it: the same shape and the
# same sentences, with one thing otherwise. Only the program trains and writes; no Python.
#
#     siblings.sh PROGRAM DATA WORK [NAME…]
#
# DATA: the folder that `run.py --data` made (pairs.tsv, exam.tsv, tokenizers); WORK: where to
# train. NAME…: only these, without "ko-en-". STEPS: instead of 11,250. INTO: instead of the
# models folder that this file lies in.
#
# A sibling's folder holds what is its own: config.json, model.safetensors (F16 of two decimals),
# train.log and loss.tsv. The rest it takes from ko-en, which "beside" in its config.json names.
set -eu

# name | what is otherwise than in ko-en
table='
h1            | --heads 1
h2            | --heads 2
h4            | --heads 4
h8            | --heads 8
no-residual   | --without residual
no-norm       | --without norm
no-position   | --without position
no-mask       | --without mask
no-scale      | --without scale
pre-norm      | --config norm_first=true
rnn           | --rnn
rnn-attention | --rnn --config attention=true
'
[ $# -ge 3 ] || { sed -n '2,/^set/s/^# \{0,1\}//p' "$0" >&2; exit 2; }
program=$(realpath "$1") data=$(realpath "$2") work=$3
shift 3
into=${INTO:-$(dirname "$0")/../..}
steps=${STEPS:-11250}

# A quarter of the main run, without its penalty on attention; two decimals, as there.
train() { # name, options…
    local name=$1
    shift
    "$program" train --pairs "$data/pairs.tsv" --exam "$data/exam.tsv" --tokenizers "$data" \
        --out "$work/$name" --force --steps "$steps" --seed 7 --round 2 --precision f16 \
        --save-every "$steps" "$@"
}

# In one go: a half of a folder is never there.
install_model() { # name
    local from=$work/$1 to=$into/ko-en-$1 new=$work/new-$1
    rm -rf "$new"
    mkdir -p "$new"
    cp "$from/model.safetensors" "$from/train.log" "$from/loss.tsv" "$new"
    sed '0,/{/s//{\n  "beside": "ko-en",/' "$from/config.json" >"$new/config.json"
    rm -rf "$to"
    cp -r "$new" "$to"
    rm -rf "$new"
}

wanted=" $* "
known=" $(sed 's/|.*//' <<<"$table" | tr -s ' \n' ' ') "
for name in "$@"; do
    case $known in *" $name "*) ;; *) echo "siblings: no $name; there are:$known" >&2; exit 2 ;; esac
done
mkdir -p "$work"
while IFS='|' read -r name options; do
    name=${name// /}
    [ -n "$name" ] || continue
    [ "$wanted" = "  " ] || [[ $wanted == *" $name "* ]] || continue
    echo "ko-en-$name: $options"
    train "$name" $options
    install_model "$name"
done <<<"$table"
